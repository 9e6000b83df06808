import { columnTypeText } from '../../expr/columnType.js'
import { writeRowClickHouse } from '../../expr/writeClickHouse.js'
import type { ColumnType } from '../../model/columnType.js'
import type { RowExpr, ValueType } from '../../model/expr.js'
import type { State } from '../../model/rollup.js'
import { id } from './text.js'

/** How a state is stored and filled: the column's type, and the aggregate over raw rows. */
export interface StateSql {
  readonly type: string
  readonly sql: string
}

/** Relative error of a quantile: DDSketch, the one sketch whose merge is the same in every grouping (3-semantics.md). */
export const SKETCH_ERROR = 0.01
/** Precision of approximate distinct counts: error under 1 %, 12.5 kB a state at most. */
export const UNIQ_PRECISION = 14

/** The aggregate that fills a state. Its argument and filter can never throw, whatever an accepted event holds. */
export function stateSql(state: State, timestamp: string): StateSql {
  if (state.argument === undefined) {
    const filter = condition(state.filter, [])
    return { type: 'SimpleAggregateFunction(sum, UInt64)', sql: filter ? `countIf(${filter})` : 'count()' }
  }
  const { type, sql: value, guards } = argument(state.argument, state.fn)
  const filter = condition(state.filter, guards) ?? '1'
  switch (state.fn) {
    case 'sum':
      return { type: `SimpleAggregateFunction(sum, ${type})`, sql: `CAST(sumIf(${value}, ${filter}), '${type}')` }
    case 'min':
    case 'max':
      return {
        type: `SimpleAggregateFunction(${state.fn}, Nullable(${type}))`,
        sql: `${state.fn}OrNullIf(${value}, ${filter})`,
      }
    case 'uniq':
      return {
        type: `AggregateFunction(uniqCombined64(${UNIQ_PRECISION}), ${type})`,
        sql: `uniqCombined64StateIf(${UNIQ_PRECISION})(${value}, ${filter})`,
      }
    case 'uniq_exact':
      return { type: `AggregateFunction(uniqExact, ${type})`, sql: `uniqExactStateIf(${value}, ${filter})` }
    case 'quantile':
      return {
        type: `AggregateFunction(quantileDD(${SKETCH_ERROR}, 0.5), Float64)`,
        sql: `quantileDDStateIf(${SKETCH_ERROR}, 0.5)(${value}, ${filter})`,
      }
    case 'first':
    case 'last': {
      const fn = state.fn === 'first' ? 'argMin' : 'argMax'
      // Ties in time are settled by the value, so that every order of arrival gives the same answer.
      const order = `(toDateTime64(${id(timestamp)}, 3, 'UTC'), ${value})`
      return {
        type: `AggregateFunction(${fn}, Nullable(${type}), Tuple(DateTime64(3, 'UTC'), ${type}))`,
        sql: `${fn}State(if(${filter}, ${value}, NULL), ${order})`,
      }
    }
    case 'count':
      throw new Error('a count has no argument: count(x) is a filter')
  }
}

/** Reads a merged state back: the final aggregate over a rollup's column. */
export const mergeSql = (fn: State['fn'], column: string, level?: number): string => {
  const [name, parameters, merge] = aggregate(fn, level)
  return `${name}${merge}${parameters}(${column})`
}

/** Reads back a column of a rollup by its name alone, which begins with its function. */
export const mergedSql = (state: string): string => mergeSql(functionOf(state), id(state), 0.5)

export const functionOf = (state: string): State['fn'] => state.slice(0, state.lastIndexOf('_')) as State['fn']

/** Whether a merged state, as text, is one of no event at all. */
export const isEmpty = (value: string | null): boolean =>
  value === null || value === '' || Number(value) === 0 || value === 'nan'

/** Merges states into one of the same kind. */
export const mergeStateSql = (fn: State['fn'], column: string): string => {
  const [name, parameters, merge] = aggregate(fn)
  return `${name}${merge && `${merge}State`}${parameters}(${column})`
}

/** Whose merge costs a thousand times that of a number: see MERGE_US in compile/cost.ts. */
export const isSketch = (fn: State['fn']): boolean => fn === 'quantile' || fn === 'uniq' || fn === 'uniq_exact'

/** The aggregate behind a state's column, its parameters, and what reads it (nothing: the column holds plain values). */
function aggregate(fn: State['fn'], level = 0.5): [name: string, parameters: string, merge: '' | 'Merge'] {
  switch (fn) {
    case 'count':
    case 'sum':
      return ['sum', '', '']
    case 'min':
    case 'max':
      return [fn, '', '']
    case 'uniq':
      return ['uniqCombined64', `(${UNIQ_PRECISION})`, 'Merge']
    case 'uniq_exact':
      return ['uniqExact', '', 'Merge']
    case 'quantile':
      return ['quantileDD', `(${SKETCH_ERROR}, ${level})`, 'Merge']
    case 'first':
      return ['argMin', '', 'Merge']
    case 'last':
      return ['argMax', '', 'Merge']
  }
}

interface Argument {
  readonly type: string
  readonly sql: string
  readonly guards: readonly string[]
}

function argument(expr: RowExpr, fn: State['fn']): Argument {
  const written = writeRowClickHouse(expr)
  // Rows where it is null are left out by the state's filter; this only takes the Nullable off the type.
  const value = expr.type.nullable ? `assumeNotNull(${written})` : written
  if (expr.type.base === 'float' || fn === 'quantile') {
    const float = `toFloat64(${value})`
    return { type: 'Float64', sql: float, guards: [`isFinite(${float})`] }
  }
  const type = fn === 'sum' ? sumType(expr) : storedType(expr)
  if (expr.type.base === 'decimal' && expr.kind !== 'column')
    return {
      type,
      sql: `assumeNotNull(accurateCastOrNull(${value}, '${type}'))`,
      guards: [`isNotNull(accurateCastOrNull(${value}, '${type}'))`],
    }
  return {
    type,
    sql: expr.type.base === 'string' ? `toString(${value})` : `CAST(${value}, '${type.replaceAll("'", "\\'")}')`,
    guards: [],
  }
}

const condition = (filter: RowExpr | undefined, guards: readonly string[]): string | undefined => {
  const parts = [...(filter ? [writeRowClickHouse(filter)] : []), ...guards]
  if (parts.length === 0) return undefined
  return parts.length === 1 ? parts[0]! : parts.map(part => `(${part})`).join(' AND ')
}

const bare = (type: ColumnType): ColumnType =>
  type.kind === 'nullable' || type.kind === 'lowCardinality' ? bare(type.inner) : type

/** Wide enough that a sum of any number of events that fit on a disk does not wrap. */
function sumType(expr: RowExpr): string {
  const column = expr.kind === 'column' ? bare(expr.column) : undefined
  if (expr.type.base === 'decimal')
    return `Decimal(${column?.kind === 'decimal' && column.precision <= 38 ? 38 : 76}, ${expr.type.scale ?? 0})`
  if (column?.kind !== 'int') return 'Int128'
  if (column.bits <= 32) return column.signed ? 'Int64' : 'UInt64'
  return column.bits === 64 ? 'Int128' : 'Int256'
}

const storedTypes: Record<ValueType['base'], string> = {
  int: 'Int128',
  float: 'Float64',
  decimal: 'Decimal(76, 0)',
  string: 'String',
  bool: 'UInt8',
  date: 'Date',
  datetime: "DateTime64(3, 'UTC')",
  uuid: 'UUID',
  ip: 'IPv6',
  null: 'UInt8',
}

function storedType(expr: RowExpr): string {
  const column = expr.kind === 'column' ? bare(expr.column) : undefined
  if (column && ['int', 'decimal', 'ipv4'].includes(column.kind)) return columnTypeText(column)
  if (expr.type.base === 'decimal') return `Decimal(76, ${expr.type.scale ?? 0})`
  return storedTypes[expr.type.base]
}
