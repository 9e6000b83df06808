import { type ShortMetric, trailing } from '../../src/compile/testing.js'
import type { Window } from '../../src/model/model.js'
import type { Answered } from './wholeStack.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Direct {
  readonly measure: string
  /** The same in ClickHouse's own words over raw; null where it is undefined. */
  readonly sql: string
  readonly where?: string
  /** The documented error of a sketch, as a share of the value. */
  readonly error?: number
}

/** Every aggregate of the language, filters, ratios and arithmetic. */
export const aggregates: Readonly<Record<string, Direct>> = {
  count: { measure: 'count()', sql: 'count()' },
  count_score: { measure: 'count(score)', sql: 'count(score)' },
  rate: { measure: 'per_second(count())', sql: 'count() / {seconds}' },
  errors: {
    measure: "count() filter (where event_type = 'error') / count()",
    sql: "if(count() = 0, NULL, countIf(event_type = 'error') / count())",
  },
  sum_value: { measure: 'sum(value)', sql: 'sum(value)' },
  sum_amount: { measure: 'sum(amount)', sql: 'toFloat64(sum(amount))', where: "event_type = 'purchase'" },
  sum_score: { measure: 'sum(score)', sql: 'ifNull(sum(score), 0)' },
  sum_big: { measure: 'sum(big)', sql: 'toFloat64(sum(toInt256(big)))' },
  avg_value: { measure: 'avg(value)', sql: 'if(count() = 0, NULL, sum(value) / count())' },
  avg_score: { measure: 'avg(score)', sql: 'avg(score)' },
  min_score: { measure: 'min(score)', sql: 'min(score)' },
  max_value: { measure: 'max(value)', sql: 'if(count() = 0, NULL, max(value))' },
  uniq: { measure: 'uniq(user_id)', sql: 'uniqExact(user_id)', error: 0.01 },
  uniq_exact: { measure: 'uniq_exact(user_id)', sql: 'uniqExact(user_id)' },
  p50: { measure: 'quantile(0.5, value)', sql: 'if(count() = 0, NULL, quantileDD(0.01, 0.5)(value))' },
  p99: {
    measure: 'quantile(0.99, value)',
    sql: 'if(count() = 0, NULL, quantileDD(0.01, 0.99)(value))',
    where: "event_type = 'request'",
  },
  first: { measure: 'first(value)', sql: 'if(count() = 0, NULL, argMin(value, (ts, value)))' },
  last: { measure: 'last(score)', sql: 'argMaxIf(score, (ts, score), score IS NOT NULL)' },
  margin: {
    measure: '(sum(amount) - sum(value)) / count() * 2 + 1',
    sql: 'if(count() = 0, NULL, (toFloat64(sum(amount)) - sum(value)) / count() * 2 + 1)',
  },
}

export interface Over {
  readonly window: Window
  readonly refreshMs: number
  readonly by: readonly string[]
}

/** Windows of the metrics over the past: their name is the second half of the metric's. */
export const windows: Readonly<Record<string, Over>> = {
  m5: { window: trailing(5 * MINUTE), refreshMs: 30_000, by: [] },
  h26: { window: trailing(26 * HOUR), refreshMs: 5 * MINUTE, by: ['plan', 'region'] },
  day: { window: { kind: 'calendar', unit: 'day' }, refreshMs: MINUTE, by: ['region'] },
  month: { window: { kind: 'calendar', unit: 'month' }, refreshMs: 5 * MINUTE, by: ['plan'] },
}

/** Windows of the metrics over what happens now. */
export const liveWindows: Readonly<Record<string, Over>> = {
  m5: { window: trailing(5 * MINUTE), refreshMs: 5000, by: ['region'] },
  w1: { window: trailing(7 * 24 * HOUR), refreshMs: 5000, by: ['plan'] },
}

/** Each aggregate over each window, called `<aggregate>_<window>`. A rate needs a window of fixed length. */
export function metricsOver(over: Readonly<Record<string, Over>>): Record<string, ShortMetric> {
  const metrics: Record<string, ShortMetric> = {}
  for (const [suffix, { window, refreshMs, by }] of Object.entries(over))
    for (const [name, { measure, where }] of Object.entries(aggregates))
      if (name !== 'rate' || window.kind === 'trailing')
        metrics[`${name}_${suffix}`] = { measure, window, refreshMs, by: [...by], ...(where && { where }) }
  return metrics
}

/** The query over raw that says what a metric is at `asof`; `sql` in place of the aggregate's own. */
export function directSql(table: string, { window, by }: Over, timezone: string, { sql, where }: Direct): string {
  const asof = "{asof:DateTime64(3, 'UTC')}"
  const since =
    window.kind === 'trailing'
      ? `${asof} - toIntervalMillisecond(${window.ms})`
      : `toDateTime64(date_trunc('${window.unit}', toTimeZone(${asof}, '${timezone}')), 3, '${timezone}')`
  const value = sql.replace('{seconds}', String(window.kind === 'trailing' ? window.ms / 1000 : Number.NaN))
  return [
    `SELECT ${by.length > 0 ? `grouping(${by[0]})` : '1'} AS total, ${[...by, `${value} AS value`].join(', ')}`,
    `FROM ${table} WHERE ts >= ${since} AND ts < ${asof} ${where ? `AND ${where}` : ''}`,
    by.length > 0 ? `GROUP BY GROUPING SETS ((${by.join(', ')}), ())` : '',
  ].join(' ')
}

export type DirectRow = { readonly total: number; readonly value: number | string | null } & Record<string, unknown>

/** How the service's answer differs from the direct query's rows, or undefined. */
export function difference(
  answer: Answered,
  rows: readonly DirectRow[],
  { by }: Over,
  empty: number | null,
  error = 1e-9,
): string | undefined {
  const close = (a: number | null, b: number | null): boolean =>
    a === b || (a !== null && b !== null && Math.abs(a - b) <= error * Math.max(1, Math.abs(b)))
  const numberOf = (row: DirectRow | undefined) => (row === undefined || row.value === null ? null : Number(row.value))
  const seriesOf = (row: Readonly<Record<string, unknown>>) => JSON.stringify(by.map(name => row[name]))
  const total = rows.find(row => Number(row.total) === 1)
  const wantedTotal = total === undefined ? empty : numberOf(total)
  if (!close(answer.value, wantedTotal)) return `total is ${answer.value}, raw says ${wantedTotal}`
  const wanted = new Map(rows.filter(row => row !== total).map(row => [seriesOf(row), numberOf(row)]))
  for (const series of answer.series ?? []) {
    const key = seriesOf(series)
    // A series that the metric's own filter empties is not in the direct query.
    const expected = wanted.has(key) ? wanted.get(key)! : empty
    if (!close(series.value, expected)) return `${key} is ${series.value}, raw says ${expected}`
    wanted.delete(key)
  }
  return wanted.size > 0 ? `without ${[...wanted.keys()].join(' ')}` : undefined
}
