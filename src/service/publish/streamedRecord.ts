import type { MetricConfig } from '../../model/serviceConfig.js'
import type { SeriesValue } from '../update.js'
import type { Reading } from './readMetric.js'

/** A record of the updates topic, as Flink's sink writes it; times in epoch ms. */
export interface StreamedRecord {
  readonly metric: string
  readonly timestamp: number
  /** Of which definition it is: `streamed.meaning` of the configuration; null for canaries. */
  readonly meaning: string | null
  readonly value: number | null
  readonly exact: string | null
  /** JSON: see `sinkStatement`. */
  readonly series: string | null
}

interface WrittenSeries {
  readonly by: Readonly<Record<string, string | null>>
  readonly value: number | null
  readonly exact: string | null
}

/** The reading of one window: series with the largest value first, as the query gives them, at most `limit`. */
export function readingOf({ by, limit }: MetricConfig, { value, exact, series }: StreamedRecord): Reading {
  const all = by.length === 0 || series === null ? [] : (JSON.parse(series) as WrittenSeries[])
  all.sort((a, b) => descending(a.value, b.value) || byName(by, a, b))
  return {
    total: valued(value, exact),
    series: all.slice(0, limit).map(
      (one): SeriesValue => ({
        ...Object.fromEntries(by.map(name => [name, one.by[name] ?? null])),
        ...valued(one.value, one.exact),
      }),
    ),
    truncated: all.length > limit,
    queryMs: 0,
  }
}

const valued = (value: number | null, exact: string | null) => ({ value, ...(exact !== null && { exact }) })

const descending = (a: number | null, b: number | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : b - a

/** Nulls last, as ClickHouse orders them. */
function byName(by: readonly string[], a: WrittenSeries, b: WrittenSeries): number {
  for (const name of by) {
    const [x, y] = [a.by[name] ?? null, b.by[name] ?? null]
    if (x !== y) return x === null ? 1 : y === null ? -1 : x < y ? -1 : 1
  }
  return 0
}
