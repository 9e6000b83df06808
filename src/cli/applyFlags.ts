import { Flags } from '@oclif/core'
import { lockFlags } from './lockFlags.js'
import { planFlags } from './planFlags.js'

/** What may be done without asking, and how; the same words for every command that applies a plan. */
export const applyFlags = {
  yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  'allow-destructive': Flags.boolean({ description: 'also what loses data' }),
  ...planFlags,
  ...lockFlags,
}
