import type { AggregateFunction, RowExpr, ValueType } from './expr.js'
import type { Window } from './model.js'

/** The aggregates that are stored; `avg` and `count(x)` are made of these. */
export type StateFunction = Exclude<AggregateFunction, 'avg'>

/** A partial aggregate that a rollup stores, named by its content: equal states are the same column. */
export interface State {
  /** `<function>_<hash of function, argument and filter>`, the column's name. */
  readonly name: string
  readonly fn: StateFunction
  readonly argument?: RowExpr
  /** Which rows count: the metric's `where` and the aggregate's own filter, joined. */
  readonly filter?: RowExpr
  /** The canonical text of it all, kept as the column's comment: `sum(value) filter (where …)`. */
  readonly definition: string
}

/** One aggregating table fed by views: bucket length in ms, dimensions, and the states that its metrics need. */
export interface Rollup {
  readonly name: string
  readonly source: string
  readonly bucketMs: number
  readonly dimensions: readonly string[]
  /** Sorted by name. */
  readonly states: readonly State[]
}

/** How states become the metric's value: arithmetic over merged states. */
export type ReadExpr =
  | {
      readonly kind: 'state'
      readonly state: string
      readonly fn: StateFunction
      readonly level?: number
      readonly type: ValueType
    }
  | { readonly kind: 'number'; readonly text: string; readonly type: ValueType }
  | { readonly kind: 'negate'; readonly operand: ReadExpr; readonly type: ValueType }
  | {
      readonly kind: 'arithmetic'
      readonly op: '+' | '-' | '*' | '/'
      readonly left: ReadExpr
      readonly right: ReadExpr
      readonly type: ValueType
    }

/** How a metric is read: from which rollups (finest first, each bucket divides the next), and how states become one value. */
export interface Reading {
  readonly metric: string
  readonly window: Window
  readonly by: readonly string[]
  readonly rungs: readonly Rung[]
  readonly value: ReadExpr
  /** The planner's estimate for one refresh. */
  readonly estimate: Estimate
}

export interface Rung {
  readonly rollup: string
  readonly bucketMs: number
}

/** `rows` read, `states` merged, and `ms` on a quiet machine (3-semantics.md, "Rollups"). */
export interface Estimate {
  readonly rows: number
  readonly states: number
  readonly ms: number
}

/** What the planner decides for a model. Both lists are sorted by name. */
export interface RollupPlan {
  readonly rollups: readonly Rollup[]
  readonly readings: readonly Reading[]
}
