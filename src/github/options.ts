import { join } from 'node:path'
import { needed } from './context.js'

/** What the action's inputs say. */
export interface Options {
  readonly file: string
  readonly target: string
  /** Where the plan is saved, and where a reviewed one is put. */
  readonly planPath: string
  /** Apply just the plan with this fingerprint. */
  readonly fingerprint?: string
  readonly allowDestructive: boolean
}

/** The action hands its inputs on as variables, since a value in a script could change the script. */
export function readOptions(env: Readonly<Record<string, string | undefined>>): Options {
  return {
    file: env.RTDASH_FILE || 'metrics.yaml',
    target: env.RTDASH_TARGET || 'local',
    planPath: join(needed(env, 'RUNNER_TEMP'), 'rtdash-plan', 'plan.json'),
    ...(env.RTDASH_FINGERPRINT && { fingerprint: env.RTDASH_FINGERPRINT }),
    allowDestructive: env.RTDASH_ALLOW_DESTRUCTIVE === 'true',
  }
}
