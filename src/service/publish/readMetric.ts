import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import type { SeriesValue } from '../update.js'
import { instantText } from './asof.js'

/** What a metric's query answered: its total (null row: nothing in the window) and its series. */
export interface Reading {
  readonly total?: Value
  readonly series: readonly SeriesValue[]
  readonly truncated: boolean
  /** Time of the query itself. */
  readonly queryMs: number
}

const STORED_ATTEMPTS = 6
const STORED_PAUSE_MS = 500

export interface Value {
  readonly value: number | null
  readonly exact?: string
}

interface Row {
  readonly total: number
  readonly value: number | null
  readonly exact: string | null
  readonly timestamp?: string
  readonly [dimension: `by_${string}`]: string | null
}

/** Computes the metric for one instant, from its rollups. Throws ClickHouseError. */
export async function readMetric(
  db: ClickHouse,
  metric: MetricConfig,
  asof: number,
  limitMs: number,
): Promise<Reading> {
  const started = performance.now()
  const rows = await run<Row>(db, metric.query, { asof: instantText(asof) }, limitMs)
  return toReading(metric, rows, performance.now() - started)
}

/**
 * The values that a refreshable view stored for the instant. The view runs by its own clock: it is waited for a little,
 * then the value is computed here.
 */
export async function readStoredOrCompute(
  db: ClickHouse,
  metric: MetricConfig,
  asof: number,
  limitMs: number,
): Promise<Reading> {
  for (let attempt = 0; attempt < STORED_ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(STORED_PAUSE_MS)
    const stored = await readStored(db, metric, asof, limitMs)
    if (stored?.timestamp === asof) return stored
  }
  return readMetric(db, metric, asof, limitMs)
}

async function readStored(db: ClickHouse, metric: MetricConfig, asof: number, limitMs: number) {
  const started = performance.now()
  const rows = await run<Row>(db, metric.stored ?? '', { asof: instantText(asof) }, limitMs)
  const text = rows[0]?.timestamp
  return text === undefined
    ? undefined
    : { ...toReading(metric, rows, performance.now() - started), timestamp: instantOf(text) }
}

/** The totals at many instants in one query: instant to value. Instants without a row had an empty window. */
export async function readHistory(
  db: ClickHouse,
  metric: MetricConfig,
  asofs: readonly number[],
  limitMs: number,
): Promise<ReadonlyMap<number, Value>> {
  const rows = await run<{ asof: string; value: number | null; exact?: string | null }>(
    db,
    metric.history,
    { asofs: asofs.map(instantText) },
    limitMs,
  )
  return new Map(rows.map(row => [instantOf(row.asof), toValue(row)]))
}

const run = <T>(db: ClickHouse, sql: string, params: Record<string, unknown>, limitMs: number): Promise<T[]> =>
  db.query<T>(sql, params, {
    settings: { max_execution_time: Math.ceil(limitMs / 1000), log_comment: 'rtdash-metric' },
    signal: AbortSignal.timeout(limitMs),
  })

function toReading(metric: MetricConfig, rows: readonly Row[], queryMs: number): Reading {
  const total = rows.find(row => row.total === 1)
  const series = rows.filter(row => row.total !== 1)
  return {
    ...(total && { total: toValue(total) }),
    series: series.slice(0, metric.limit).map(row => ({
      ...Object.fromEntries(metric.by.map(name => [name, row[`by_${name}`] ?? null])),
      ...toValue(row),
    })),
    truncated: series.length > metric.limit,
    queryMs,
  }
}

const toValue = (row: { value: number | null; exact?: string | null }): Value => ({
  value: row.value,
  ...(row.exact != null && { exact: row.exact }),
})

/** ClickHouse writes instants as `YYYY-MM-DD hh:mm:ss.fff`; ours are all in UTC. */
const instantOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`)
