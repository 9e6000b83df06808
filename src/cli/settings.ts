import type { Setting } from '../model/model.js'
import { CliError } from './errors.js'

/** A target's setting with its `${NAME}` and `${NAME:-default}` filled in from the environment. The result may be secret. */
export function settingValue(setting: Setting, env: NodeJS.ProcessEnv = process.env): string {
  return setting.template.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback?: string) => {
      const value = env[name] || fallback
      if (value !== undefined) return value
      throw new CliError(
        'missing-variable',
        `the environment variable ${name} is not set`,
        `the target needs it: ${setting.template}`,
      )
    },
  )
}
