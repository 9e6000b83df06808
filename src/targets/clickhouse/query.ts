import type { Metric } from '../../model/model.js'
import type { Reading } from '../../model/rollup.js'
import { isSketch, mergeStateSql } from './states.js'
import { id, qualified, str } from './text.js'
import { exactSql, merges, statesOf, valueSql } from './value.js'
import { calendarStart, ceilTo, floorTo, instant, windowStart } from './window.js'

// How a metric is read. A window [f, t) is covered by rungs of ever coarser buckets: with edges s1 = f, e1 = t and
// s(k+1), e(k+1) the edges of the next coarser rung inside them, rung k reads [s(k), s(k+1)) and [e(k+1), e(k)), and
// the coarsest reads all that is left. Every bucket is read from exactly one rung. Scalars begin with `_`: no column may.

export interface QueryContext {
  readonly database: string
  readonly timezone: string
  readonly metric: Metric
  readonly reading: Reading
}

/** `asof` as it comes from outside: a parameter of the query. */
const ASOF = "{asof:DateTime64(3, 'UTC')}"

/** One refresh: the total first, then the series, largest value first (see MetricConfig.query). */
export const refreshQuery = (context: QueryContext): string => valuesAt(context, ASOF)

/** The same at an instant given as an expression: what a refreshable view runs. */
export function valuesAt(context: QueryContext, asof: string): string {
  const { metric, reading } = context
  const series = metric.by.map(name => `if(_total, NULL, toString(${id(name)})) AS ${id(`by_${name}`)}`)
  const grouped = metric.by.length > 0
  const inner = [
    `SELECT ${[grouped ? `toUInt8(grouping(${id(metric.by[0]!)})) AS _total` : 'toUInt8(1) AS _total', ...metric.by.map(id), ...merged(reading)].join(', ')}`,
    `FROM (${grouped ? seriesFirst(context) : rows(context)})`,
    ...(grouped ? [`GROUP BY GROUPING SETS ((${metric.by.map(id).join(', ')}), ())`] : []),
  ].join(' ')
  return [
    `WITH ${edges(context, `toUnixTimestamp64Milli(${asof})`).join(', ')}`,
    `SELECT ${['_total AS total', ...series, ...outcome(reading)].join(', ')}`,
    `FROM (${inner})`,
    ...(grouped
      ? [
          `ORDER BY total DESC, value DESC NULLS LAST, ${metric.by.map(name => id(`by_${name}`)).join(', ')} LIMIT ${metric.limit + 2}`,
        ]
      : []),
  ].join(' ')
}

/** Each state that the value needs, merged. */
const merged = (reading: Reading): string[] => [...merges(reading.value)].map(([name, sql]) => `${sql} AS ${id(name)}`)

/** The columns `value` and `exact`, from merged states. */
const outcome = ({ value }: Reading): string[] => [
  `${valueSql(value)} AS value`,
  `${exactSql(value) ?? "CAST(NULL, 'Nullable(String)')"} AS exact`,
]

/** `s1, e1, s2, e2, …` as scalars, constants to the engine: partitions and granules are pruned by them. */
function edges({ reading, timezone }: QueryContext, asof: string): string[] {
  const list = [`${asof} AS _e1`, `${windowStart(reading.window, timezone, '_e1')} AS _s1`]
  reading.rungs.slice(1).forEach((rung, i) => {
    const [from, to] = [ceilTo(`_s${i + 1}`, rung.bucketMs), floorTo(`_e${i + 1}`, rung.bucketMs)]
    list.push(
      `if(${from} < ${to}, ${from}, _s${i + 1}) AS _s${i + 2}`,
      `if(${from} < ${to}, ${to}, _s${i + 1}) AS _e${i + 2}`,
    )
  })
  return list
}

/** One row for each series, where merging a state twice, into its series and into the total, is what costs. */
function seriesFirst(context: QueryContext): string {
  const { by } = context.metric
  const states = [...statesOf(context.reading.value)]
  if (!states.some(([, fn]) => isSketch(fn))) return rows(context)
  const merged = states.map(([name, fn]) => `${mergeStateSql(fn, id(name))} AS ${id(name)}`)
  return `SELECT ${[...by.map(id), ...merged].join(', ')} FROM (${rows(context)}) GROUP BY ${by.map(id).join(', ')}`
}

/** The rows of all rungs that make up the window. */
function rows({ database, metric, reading }: QueryContext): string {
  const columns = [...metric.by, ...statesOf(reading.value).keys()].map(id)
  const from = (n: number): string => instant(`_s${n}`)
  const to = (n: number): string => instant(`_e${n}`)
  return reading.rungs
    .map((rung, i) => {
      const k = i + 1
      const inner =
        k === reading.rungs.length
          ? `bucket >= ${from(k)} AND bucket < ${to(k)}`
          : `bucket >= ${from(k)} AND bucket < ${to(k)} AND (bucket < ${from(k + 1)} OR bucket >= ${to(k + 1)})`
      return `SELECT ${columns.join(', ')} FROM ${qualified(database, rung.rollup)} WHERE ${inner}`
    })
    .join(' UNION ALL ')
}

/** The total at many instants in one pass: each bucket is counted for every window that holds it (see MetricConfig.history). */
export function historyQuery(context: QueryContext): string {
  const { database, timezone, reading } = context
  const map = (body: string, k: number): string => `arrayMap((s, e) -> ${body}, _s${k}, _e${k})`
  const lists = [
    "arrayMap(a -> toUnixTimestamp64Milli(a), {asofs:Array(DateTime64(3, 'UTC'))}) AS _e1",
    `arrayMap(e -> ${windowStart(reading.window, timezone, 'e')}, _e1) AS _s1`,
  ]
  reading.rungs.slice(1).forEach((rung, i) => {
    const [from, to] = [ceilTo('s', rung.bucketMs), floorTo('e', rung.bucketMs)]
    lists.push(
      `${map(`if(${from} < ${to}, ${from}, s)`, i + 1)} AS _s${i + 2}`,
      `${map(`if(${from} < ${to}, ${to}, s)`, i + 1)} AS _e${i + 2}`,
    )
  })
  const columns = [...statesOf(reading.value).keys()].map(id).join(', ')
  const parts = reading.rungs.map((rung, i) => {
    const k = i + 1
    const last = k === reading.rungs.length
    const holds = last
      ? `arrayFilter((a, s, e) -> _bucket >= s AND _bucket < e, _e1, _s${k}, _e${k})`
      : `arrayFilter((a, s, e, s2, e2) -> _bucket >= s AND _bucket < e AND (_bucket < s2 OR _bucket >= e2), _e1, _s${k}, _e${k}, _s${k + 1}, _e${k + 1})`
    return [
      `SELECT arrayJoin(${holds}) AS _at, ${columns}`,
      `FROM (SELECT toUnixTimestamp64Milli(bucket) AS _bucket, ${columns} FROM ${qualified(database, rung.rollup)}`,
      `WHERE bucket >= ${instant(`arrayMin(_s${k})`)} AND bucket < ${instant(`arrayMax(_e${k})`)})`,
    ].join(' ')
  })
  return [
    `WITH ${lists.join(', ')}`,
    `SELECT ${instant('_at')} AS asof, ${outcome(reading).join(', ')}`,
    `FROM (SELECT _at, ${merged(reading).join(', ')} FROM (${parts.join(' UNION ALL ')}) GROUP BY _at) ORDER BY asof`,
  ].join(' ')
}

/**
 * The metric for people and Grafana: one row for each whole window (and the running one), `timestamp` its start. From
 * the finest rung, so that no bucket lies across two windows.
 */
export function readerSelect(context: QueryContext): string {
  const { database, timezone, metric, reading } = context
  const start =
    reading.window.kind === 'trailing'
      ? instant(floorTo('toUnixTimestamp64Milli(bucket)', reading.window.ms))
      : `toDateTime64(${calendarStart(reading.window.unit, `toTimeZone(bucket, ${str(timezone)})`)}, 3, ${str(timezone)})`
  const dimensions = metric.by.map(id)
  return [
    `SELECT ${['timestamp', ...dimensions, `${valueSql(reading.value)} AS value`].join(', ')}`,
    `FROM (SELECT ${[`${start} AS timestamp`, ...dimensions, ...merged(reading)].join(', ')}`,
    `FROM ${qualified(database, reading.rungs[0]!.rollup)} GROUP BY ${['timestamp', ...dimensions].join(', ')})`,
  ].join(' ')
}
