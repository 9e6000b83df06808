import type { ColumnType } from '../model/columnType.js'
import type { Metric, Source } from '../model/model.js'
import type { Estimate, State, StateFunction } from '../model/rollup.js'
import { isSketch } from '../targets/clickhouse/states.js'
import { windowMs } from './buckets.js'

// The cost model of 3-semantics.md, "Rollups": states merged, not rows; figures of a quiet machine, checked by bench/.

/** A query before it merges anything. */
const BASE_MS = 4

/** Merging one state, in µs. */
const MERGE_US: Record<StateFunction, number> = {
  count: 0.1,
  sum: 0.1,
  min: 0.1,
  max: 0.1,
  first: 0.3,
  last: 0.3,
  quantile: 7,
  uniq: 18,
  uniq_exact: 60,
}

/** An SLA is a p99 on a busy machine; the estimate is a median on a quiet one. Measured, they are up to this far apart. */
const HEADROOM = 8

/** Estimated ms that a metric's query may take so that its p99 holds `sla.query`. */
export const budgetMs = (metric: Pick<Metric, 'sla'>): number => Math.max(metric.sla.queryMs / HEADROOM, BASE_MS + 0.5)

/** A guess at how many values a dimension has, from its type alone. */
function cardinality(type: ColumnType): number {
  switch (type.kind) {
    case 'nullable':
      return cardinality(type.inner) + 1
    case 'bool':
      return 2
    case 'enum':
      return type.values.length
    case 'lowCardinality':
      return 10
    default:
      return 100
  }
}

/** A metric moves to a rollup with more dimensions than its own only if it could bear this many times the guess. */
const DOUBT = 4

const isGuess = (source: Source, dimensions: readonly string[]): boolean =>
  dimensions.some(
    name => !['bool', 'enum'].includes(source.columns.find(column => column.name === name)?.type.kind ?? ''),
  )

/** Series in one bucket: the product of the dimensions, never more than the events that fall into it. */
export function seriesPerBucket(source: Source, dimensions: readonly string[], bucketMs: number): number {
  const columns = new Map(source.columns.map(column => [column.name, column.type]))
  const product = dimensions.reduce((n, name) => n * cardinality(columns.get(name) ?? { kind: 'string' }), 1)
  const events = Math.max(1, ((source.eventsPerSecond ?? 1000) * bucketMs) / 1000)
  return Math.max(1, Math.min(product, events))
}

/** Buckets read from each rung, finest first: whole coarse ones inside, finer ones at the edges (on average half of one). */
export function bucketsPerRung(metric: Pick<Metric, 'window'>, rungs: readonly number[]): number[] {
  const edges = metric.window.kind === 'trailing' ? 1 : 0.5
  const length = windowMs(metric.window)
  return rungs.map((bucket, i) => {
    const next = rungs[i + 1]
    return next === undefined ? Math.max(0, length / bucket - (i > 0 ? 1 : 0)) : Math.min(length, edges * next) / bucket
  })
}

/** What one refresh of a metric costs when read from these rungs. */
export function estimate(
  metric: Metric,
  source: Source,
  states: readonly State[],
  rungs: readonly { readonly bucketMs: number; readonly dimensions: readonly string[] }[],
): Estimate {
  const buckets = bucketsPerRung(
    metric,
    rungs.map(rung => rung.bucketMs),
  )
  const rows = rungs.reduce((sum, rung, i) => {
    const doubt = isGuess(
      source,
      rung.dimensions.filter(name => !metric.by.includes(name)),
    )
      ? DOUBT
      : 1
    return sum + buckets[i]! * seriesPerBucket(source, rung.dimensions, rung.bucketMs) * doubt
  }, 0)
  const merges = mergesOf(metric, source, states, rows)
  const us = states.reduce((sum, state) => sum + MERGE_US[state.fn], 0)
  return { rows: Math.ceil(rows), states: Math.ceil(merges * states.length), ms: round(BASE_MS + (merges * us) / 1000) }
}

/**
 * How often each state is merged. With dimensions that is into its series and into the total, of every row; where a
 * state is a sketch, rows go into the series, and the series into the total (`seriesFirst` in targets/clickhouse/query.ts).
 */
function mergesOf(metric: Metric, source: Source, states: readonly State[], rows: number): number {
  if (metric.by.length === 0) return rows
  const sketches = states.some(state => isSketch(state.fn))
  return rows + (sketches ? seriesPerBucket(source, metric.by, windowMs(metric.window)) : rows)
}

const round = (ms: number): number => Math.round(ms * 100) / 100
