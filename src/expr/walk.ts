import type { AggregateExpr, MeasureExpr, RowExpr } from '../model/expr.js'

/** All aggregates of a measure, from left to right. */
export function aggregatesOf(measure: MeasureExpr): AggregateExpr[] {
  switch (measure.kind) {
    case 'aggregate':
      return [measure]
    case 'number':
      return []
    case 'arithmetic':
      return [...aggregatesOf(measure.left), ...aggregatesOf(measure.right)]
    default:
      return aggregatesOf(measure.operand)
  }
}

/** The expressions directly inside a row expression, from left to right. */
export function childrenOf(expr: RowExpr): readonly RowExpr[] {
  switch (expr.kind) {
    case 'negate':
    case 'not':
    case 'like':
    case 'isNull':
      return [expr.operand]
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [expr.left, expr.right]
    case 'in':
      return [expr.operand, ...expr.list]
    case 'between':
      return [expr.operand, expr.low, expr.high]
    case 'case': {
      const branches = expr.branches.flatMap(branch => [branch.when, branch.then])
      return expr.otherwise ? [...branches, expr.otherwise] : branches
    }
    case 'call':
      return expr.args
    default:
      return []
  }
}

/** The names of the columns that an expression reads, each once, in order of appearance. */
export function columnsOf(expr: RowExpr | MeasureExpr): string[] {
  const names = new Set<string>()
  const visit = (row: RowExpr): void => {
    if (row.kind === 'column') names.add(row.name)
    for (const child of childrenOf(row)) visit(child)
  }
  for (const row of rowsOf(expr)) visit(row)
  return [...names]
}

function rowsOf(expr: RowExpr | MeasureExpr): readonly RowExpr[] {
  if (!isMeasure(expr)) return [expr]
  return aggregatesOf(expr).flatMap(({ argument, filter }) => [argument, filter].filter(row => row !== undefined))
}

/** A tree with an aggregate in it is a measure; one without has only numbers, and reads no column either way. */
function isMeasure(expr: RowExpr | MeasureExpr): expr is MeasureExpr {
  if (expr.kind === 'aggregate' || expr.kind === 'perSecond') return true
  if (expr.kind === 'arithmetic') return isMeasure(expr.left) || isMeasure(expr.right)
  return expr.kind === 'negate' && isMeasure(expr.operand)
}
