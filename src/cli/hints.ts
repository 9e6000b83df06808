import { aggregatesOf, childrenOf } from '../expr/walk.js'
import type { RowExpr } from '../model/expr.js'
import type { Model } from '../model/model.js'
import type { Hints } from '../simulate/events.js'

/** The texts that a source's metrics compare columns with: sample events must have them, or those metrics stay empty. */
export function hintsFor(model: Model, source: string): Hints {
  const found = new Map<string, Set<string>>()
  const look = (expr: RowExpr): void => {
    const [column, ...texts] = comparison(expr)
    if (column !== undefined) {
      const known = found.get(column) ?? new Set()
      for (const text of texts) known.add(text)
      found.set(column, known)
    }
    childrenOf(expr).forEach(look)
  }
  for (const metric of model.metrics.filter(candidate => candidate.source === source)) {
    const aggregates = aggregatesOf(metric.measure).flatMap(({ argument, filter }) => [argument, filter])
    for (const expr of [metric.where, ...aggregates]) if (expr !== undefined) look(expr)
  }
  return Object.fromEntries([...found].map(([column, texts]) => [column, [...texts].sort()]))
}

/** Column and texts of `column = 'text'` and `column in ('a', 'b')`; nothing for any other expression. */
function comparison(expr: RowExpr): readonly string[] {
  if (expr.kind === 'compare') {
    const sides = [expr.left, expr.right]
    const column = sides.find(side => side.kind === 'column')
    const text = sides.find(side => side.kind === 'string')
    return column && text ? [column.name, text.value] : []
  }
  if (expr.kind !== 'in' || expr.operand.kind !== 'column') return []
  return [expr.operand.name, ...expr.list.flatMap(item => (item.kind === 'string' ? [item.value] : []))]
}
