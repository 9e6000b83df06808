import type { Diagnostic } from '../model/diagnostic.js'
import type { Model } from '../model/model.js'
import * as all from './all.js'
import { type Rule, runEach } from './rule.js'

/** Every lint, by code. A new one is its file, its test, its page and one line in all.ts. */
export const rules: readonly Rule[] = Object.values<Rule>(all).sort((a, b) => a.code.localeCompare(b.code))

/** All findings of all lints, in the order of the file. */
export const runRules = (model: Model): Diagnostic[] => runEach(rules, model)
