import { resolveSetting } from '../config/env.js'
import type { Setting } from '../model/model.js'
import { CliError } from './errors.js'

/** A target's setting with its variables filled in from the environment. The result may be secret. */
export function settingValue(setting: Setting): string {
  const resolved = resolveSetting(setting, process.env)
  if (resolved.ok) return resolved.value
  const { code, message, fix } = resolved.diagnostic
  throw new CliError(code, message, fix)
}
