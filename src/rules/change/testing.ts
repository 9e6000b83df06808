import { compile } from '../../compile/compile.js'
import type { Diagnostic } from '../../model/diagnostic.js'
import type { Model } from '../../model/model.js'
import { diffCompiled } from '../../plan/offline.js'
import { type Changes, modelWith } from '../testing.js'
import { type ChangeRule, type Reviewed, runChangeRules, topOf } from './changeRule.js'
import { standingOf } from './standing.js'

/** A change from one model to another, as `diff` sees it. */
export const reviewed = (before: Model, after: Model): Reviewed => ({
  before: standingOf(before),
  after,
  changes: diffCompiled(compile(before), compile(after)).changes,
  live: false,
  top: topOf('metrics.yaml'),
})

/** The findings of one rule on a change of the base model. */
export const lintFrom = (rule: ChangeRule, before: Changes, after: Changes): Diagnostic[] =>
  runChangeRules([rule], reviewed(modelWith(before), modelWith(after)))
