import { exactOf } from '../../expr/exactType.js'
import { flinkType } from '../../expr/flinkType.js'
import { writeRowFlink } from '../../expr/writeFlink.js'
import type { RowExpr } from '../../model/expr.js'
import type { State } from '../../model/rollup.js'

/** The largest double: beyond are the infinities, and NaN is neither below nor above. */
const MAX_DOUBLE = '1.7976931348623157E308'

/**
 * The aggregate over the events of a window, of the same states that ClickHouse stores: the same events count, the
 * empty window is the same. `uniq` counts exactly here, `quantile` exactly too.
 */
export function stateFlink(state: State, level?: number): string {
  const filter = state.filter ? [writeRowFlink(state.filter)] : []
  if (state.argument === undefined) return `COUNT(*)${filterClause(filter)}`
  const { value, guards } = argument(state.argument, state.fn)
  const where = filterClause([...filter, ...guards])
  switch (state.fn) {
    case 'sum':
      return `COALESCE(SUM(${value})${where}, 0)`
    case 'min':
    case 'max':
      return `${state.fn.toUpperCase()}(${value})${where}`
    case 'uniq':
    case 'uniq_exact':
      return `COUNT(DISTINCT ${value})${where}`
    case 'quantile':
      return `PERCENTILE(${value}, ${level})${where}`
    default:
      throw new Error(`Flink cannot compute ${state.fn} in hopping windows: the lint flink-aggregate is an error`)
  }
}

const filterClause = (conditions: readonly string[]): string => {
  if (conditions.length === 0) return ''
  return ` FILTER (WHERE ${conditions.length === 1 ? conditions[0] : conditions.map(text => `(${text})`).join(' AND ')})`
}

function argument(expr: RowExpr, fn: State['fn']): { value: string; guards: readonly string[] } {
  const written = writeRowFlink(expr)
  if (isDouble(expr) || fn === 'quantile') {
    const value = `CAST(${written} AS DOUBLE)`
    return { value, guards: [`ABS(${value}) <= ${MAX_DOUBLE}`] }
  }
  if (fn !== 'sum' || expr.type.base !== 'int') return { value: written, guards: [] }
  // As wide as the sum can get: Flink's own sum of an INT is an INT, and wraps.
  const exact = exactOf(expr.type)
  const wide = expr.kind === 'column' && exact?.kind === 'int' && exact.bits <= 32 ? 'BIGINT' : 'DECIMAL(38, 0)'
  return { value: `CAST(${written} AS ${wide})`, guards: [] }
}

/** Floats, and decimals of more digits than Flink has. */
export function isDouble(expr: RowExpr): boolean {
  const exact = exactOf(expr.type)
  return expr.type.base === 'float' || (exact !== undefined && flinkType(exact) === 'DOUBLE')
}
