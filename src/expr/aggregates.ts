import type { AggregateFunction, ValueType } from '../model/expr.js'
import { type Exact, FLOAT, isNumeric, UINT64, valueType } from './exactType.js'

/** What an aggregate takes and yields. `result` is undefined for an argument that it does not take. */
interface Aggregate {
  readonly fn: AggregateFunction
  /** Numbers of arguments it can be called with. */
  readonly arity: readonly [least: number, most: number]
  readonly takes: string
  readonly result: (argument: Exact | undefined) => ValueType | undefined
}

const ORDERED: ReadonlySet<Exact['kind']> = new Set([
  'int',
  'float',
  'decimal',
  'string',
  'enum',
  'date',
  'datetime',
  'datetime64',
])

const counter = (): ValueType => valueType(UINT64, false)
const average = (argument: Exact | undefined): ValueType | undefined =>
  argument && isNumeric(argument) ? valueType(FLOAT, true) : undefined
const ordered = (argument: Exact | undefined): ValueType | undefined =>
  argument && ORDERED.has(argument.kind) ? valueType(argument, true) : undefined
const any = (argument: Exact | undefined): ValueType | undefined => argument && valueType(argument, true)

/** Sums widen as ClickHouse's `sum` does: to 64 bits, decimals to 38 or 76 digits. Zero for an empty window. */
function sum(argument: Exact | undefined): ValueType | undefined {
  if (argument?.kind === 'int')
    return valueType({ ...argument, bits: argument.bits === 128 || argument.bits === 256 ? argument.bits : 64 }, false)
  if (argument?.kind === 'decimal')
    return valueType({ ...argument, precision: argument.precision > 38 ? 76 : 38 }, false)
  return argument?.kind === 'float' ? valueType(FLOAT, false) : undefined
}

const LIST: readonly Aggregate[] = [
  { fn: 'count', arity: [0, 1], takes: 'a value', result: counter },
  { fn: 'sum', arity: [1, 1], takes: 'a number', result: sum },
  { fn: 'avg', arity: [1, 1], takes: 'a number', result: average },
  { fn: 'min', arity: [1, 1], takes: 'a number, time or text', result: ordered },
  { fn: 'max', arity: [1, 1], takes: 'a number, time or text', result: ordered },
  { fn: 'uniq', arity: [1, 1], takes: 'a value', result: counter },
  { fn: 'uniq_exact', arity: [1, 1], takes: 'a value', result: counter },
  { fn: 'quantile', arity: [2, 2], takes: 'a number', result: average },
  { fn: 'first', arity: [1, 1], takes: 'a value', result: any },
  { fn: 'last', arity: [1, 1], takes: 'a value', result: any },
]

const BY_NAME = new Map<string, Aggregate>(LIST.map(aggregate => [aggregate.fn, aggregate]))

/** Names that stand for a number over a window; `per_second` wraps one of them. */
export const AGGREGATES: ReadonlySet<string> = new Set([...BY_NAME.keys(), 'per_second'])

/** The aggregate called `name`. */
export function aggregateNamed(name: string): Aggregate | undefined {
  return BY_NAME.get(name)
}
