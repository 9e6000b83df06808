import type { ColumnType } from './columnType.js'

/** What an expression yields; `nullable` says whether null can come out. */
export interface ValueType {
  readonly base: 'int' | 'float' | 'decimal' | 'string' | 'bool' | 'date' | 'datetime' | 'uuid' | 'ip' | 'null'
  readonly nullable: boolean
  /** Digits after the point: decimals only. */
  readonly scale?: number
  /** The type the value has in ClickHouse, without Nullable and LowCardinality; absent for null. */
  readonly exact?: ColumnType
}

/** Half-open range of characters in the expression's own text, from 0. */
export interface Range {
  readonly start: number
  readonly end: number
}

export type CompareOp = '=' | '!=' | '<' | '<=' | '>' | '>='
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%'
export type RowFunction = 'abs' | 'round' | 'floor' | 'ceil' | 'lower' | 'upper' | 'length' | 'coalesce'

/** An expression over the columns of one event, typed. */
export type RowExpr =
  | { readonly kind: 'column'; readonly name: string; readonly column: ColumnType; readonly type: ValueType }
  | { readonly kind: 'string'; readonly value: string; readonly type: ValueType }
  /** `text` is the number as written, without sign: no digit of a decimal is lost. */
  | { readonly kind: 'number'; readonly text: string; readonly type: ValueType }
  | { readonly kind: 'bool'; readonly value: boolean; readonly type: ValueType }
  | { readonly kind: 'null'; readonly type: ValueType }
  | { readonly kind: 'negate'; readonly operand: RowExpr; readonly type: ValueType }
  | { readonly kind: 'not'; readonly operand: RowExpr; readonly type: ValueType }
  | { readonly kind: 'and' | 'or'; readonly left: RowExpr; readonly right: RowExpr; readonly type: ValueType }
  | {
      readonly kind: 'compare'
      readonly op: CompareOp
      readonly left: RowExpr
      readonly right: RowExpr
      readonly type: ValueType
    }
  | {
      readonly kind: 'arithmetic'
      readonly op: ArithmeticOp
      readonly left: RowExpr
      readonly right: RowExpr
      readonly type: ValueType
    }
  | {
      readonly kind: 'in'
      readonly negated: boolean
      readonly operand: RowExpr
      readonly list: readonly RowExpr[]
      readonly type: ValueType
    }
  | {
      readonly kind: 'between'
      readonly negated: boolean
      readonly operand: RowExpr
      readonly low: RowExpr
      readonly high: RowExpr
      readonly type: ValueType
    }
  | {
      readonly kind: 'like'
      readonly negated: boolean
      readonly operand: RowExpr
      readonly pattern: string
      readonly type: ValueType
    }
  | { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: RowExpr; readonly type: ValueType }
  /** `if(c, a, b)` is a case with one branch. */
  | {
      readonly kind: 'case'
      readonly branches: readonly CaseBranch[]
      readonly otherwise?: RowExpr
      readonly type: ValueType
    }
  | { readonly kind: 'call'; readonly fn: RowFunction; readonly args: readonly RowExpr[]; readonly type: ValueType }

export interface CaseBranch {
  readonly when: RowExpr
  readonly then: RowExpr
}

export type AggregateFunction =
  | 'count'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'uniq'
  | 'uniq_exact'
  | 'quantile'
  | 'first'
  | 'last'

/** One aggregate over the events of a window. `count()` has no argument; `quantile` alone has a `level` (0 < level < 1). */
export interface AggregateExpr {
  readonly kind: 'aggregate'
  readonly fn: AggregateFunction
  readonly argument?: RowExpr
  readonly level?: number
  readonly filter?: RowExpr
  readonly type: ValueType
}

/** What a metric measures: arithmetic between aggregates. Division by zero is null. */
export type MeasureExpr =
  | AggregateExpr
  | { readonly kind: 'perSecond'; readonly operand: MeasureExpr; readonly type: ValueType }
  | { readonly kind: 'number'; readonly text: string; readonly type: ValueType }
  | { readonly kind: 'negate'; readonly operand: MeasureExpr; readonly type: ValueType }
  | {
      readonly kind: 'arithmetic'
      readonly op: Exclude<ArithmeticOp, '%'>
      readonly left: MeasureExpr
      readonly right: MeasureExpr
      readonly type: ValueType
    }
