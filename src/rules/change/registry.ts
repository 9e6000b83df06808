import type { Diagnostic } from '../../model/diagnostic.js'
import * as all from './all.js'
import { type ChangeRule, type Reviewed, runChangeRules } from './changeRule.js'

/** Every lint of the change itself, by code. A new one is its file, its test, its page and one line in all.ts. */
export const changeRules: readonly ChangeRule[] = Object.values<ChangeRule>(all).sort((a, b) =>
  a.code.localeCompare(b.code),
)

/** All findings about a change: errors first, then in the order of the file. */
export const lintChange = (reviewed: Reviewed): Diagnostic[] => runChangeRules(changeRules, reviewed)
