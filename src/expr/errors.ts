import type { Range } from '../model/expr.js'

/** What can be wrong with an expression; each code has its page of documentation. */
export type ExprErrorCode =
  | 'syntax'
  | 'too-deep'
  | 'unknown-column'
  | 'unknown-function'
  | 'type-mismatch'
  | 'wrong-arguments'
  | 'aggregate-in-where'
  | 'missing-aggregate'
  | 'nested-aggregate'
  | 'quantile-level'

/** One finding: `range` is in characters of the expression, `fix` the way out where one is known. */
export interface ExprError {
  readonly code: ExprErrorCode
  readonly message: string
  readonly range: Range
  readonly fix?: string
}

/** Collects findings while an expression is typed; returns undefined so that a typing function can end with it. */
export type Report = (code: ExprErrorCode, message: string, at: Range, fix?: string) => undefined
