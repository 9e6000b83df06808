import { flinkText, flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { ReadExpr, State } from '../../model/rollup.js'
import { exactBases } from '../clickhouse/value.js'
import { isDouble, stateFlink } from './states.js'
import { epochMs } from './text.js'

// As in ClickHouse: each state is computed once under its own name, then the value is arithmetic over those names.

type StateRead = Extract<ReadExpr, { kind: 'state' }>

/** The name of a computed state; of a quantile, one for each level. */
const nameOf = ({ state, level }: StateRead): string =>
  level === undefined ? state : `${state}_${String(level).replace(/\W/g, '_')}`

function readsOf(expr: ReadExpr): StateRead[] {
  if (expr.kind === 'state') return [expr]
  if (expr.kind === 'number') return []
  return expr.kind === 'negate' ? readsOf(expr.operand) : [...readsOf(expr.left), ...readsOf(expr.right)]
}

/** The aggregates that a value needs, by the name that it reads each by. */
export function aggregates(value: ReadExpr, states: ReadonlyMap<string, State>): Map<string, string> {
  return new Map(readsOf(value).map(read => [nameOf(read), stateFlink(states.get(read.state)!, read.level)]))
}

/** The value as DOUBLE: division by zero, and what is past the largest double, is null. */
export const valueFlink = (value: ReadExpr): string => double(value)

function double(expr: ReadExpr): string {
  switch (expr.kind) {
    case 'state':
      return expr.type.base === 'datetime' || expr.type.base === 'date'
        ? `CAST(${epochMs(`CAST(${id(nameOf(expr))} AS TIMESTAMP(3))`)} AS DOUBLE)`
        : `CAST(${id(nameOf(expr))} AS DOUBLE)`
    case 'number':
      return `CAST(${flinkText(expr.text)} AS DOUBLE)`
    case 'negate':
      return `(-${double(expr.operand)})`
    case 'arithmetic':
      return expr.op === '/'
        ? `(${double(expr.left)} / NULLIF(${double(expr.right)}, 0E0))`
        : `(${double(expr.left)} ${expr.op} ${double(expr.right)})`
  }
}

/** The value with every digit, as in ClickHouse; null where a double is all there is, or has them all. */
export function exactFlink(value: ReadExpr, states: ReadonlyMap<string, State>): string {
  const bases = exactBases(value)
  const wide = readsOf(value).some(({ state }) => {
    const { argument } = states.get(state)!
    return argument !== undefined && isDouble(argument)
  })
  if (bases === undefined || wide) return 'CAST(NULL AS STRING)'
  const term = exact(value)
  if (!bases.has('decimal')) return `CASE WHEN ABS(${term}) > 9007199254740992 THEN CAST(${term} AS STRING) END`
  // ClickHouse writes no zeros at the end of a fraction. Flink takes no `$1` in what it puts in their place.
  return `REGEXP_REPLACE(CAST(${term} AS STRING), '(?<=[.][0-9]{0,38}[1-9])0+$|[.]0*$', '')`
}

function exact(expr: ReadExpr): string {
  switch (expr.kind) {
    case 'state':
      return expr.type.base === 'int' ? `CAST(${id(nameOf(expr))} AS DECIMAL(38, 0))` : id(nameOf(expr))
    case 'number':
      return `CAST(${flinkText(expr.text)} AS DECIMAL(38, 0))`
    case 'negate':
      return `(-${exact(expr.operand)})`
    case 'arithmetic':
      return `(${exact(expr.left)} ${expr.op} ${exact(expr.right)})`
  }
}
