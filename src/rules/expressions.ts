import type { ColumnType } from '../model/columnType.js'
import type { MeasureExpr, RowExpr } from '../model/expr.js'

type Expr = RowExpr | MeasureExpr

/** An expression and everything inside it, outermost first. Expressions are plain data, so their fields are walked. */
export function* nodes(expr: Expr | undefined): Generator<Expr> {
  if (!expr) return
  yield expr
  for (const value of Object.values(expr)) yield* inside(value)
}

function* inside(value: unknown): Generator<Expr> {
  if (Array.isArray(value)) for (const item of value) yield* inside(item)
  else if (isExpr(value)) yield* nodes(value)
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* inside(item)
}

/** Every expression has a `type`; the column types and value types within do not. */
const isExpr = (value: unknown): value is Expr =>
  typeof value === 'object' && value !== null && 'kind' in value && 'type' in value

/** Names of the columns that an expression reads. */
export function columnsIn(expr: Expr | undefined): Set<string> {
  const names = new Set<string>()
  for (const node of nodes(expr)) if (node.kind === 'column') names.add(node.name)
  return names
}

/** A column's type without `Nullable`. */
export const bare = (type: ColumnType): ColumnType => (type.kind === 'nullable' ? type.inner : type)
