import { type ClickHouse, ClickHouseError } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { HttpError } from '../http/answer.js'
import { asofAt } from '../publish/asof.js'
import type { Limiter } from '../publish/limiter.js'
import { readHistory, type Value } from '../publish/readMetric.js'
import { createMemo, type SharedAnswers, type Timed } from './memo.js'

export interface HistoryAsk {
  /** Epoch ms; by default the last 300 refreshes. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly step?: number | undefined
}

export interface History {
  readonly metric: string
  /** The step used, in ms: a multiple of the bucket, widened where there would be too many points or too much work. */
  readonly step: number
  readonly points: readonly ({ readonly timestamp: number } & Value)[]
}

const MAX_POINTS = 1000
const DEFAULT_POINTS = 300
const LIMIT_MS = 3000
const ATTEMPTS = 4
const WIDENING = 4

/** Past totals of a metric, from its rollups. Throws HttpError 400. */
export function createHistory(db: ClickHouse, limit: Limiter, shared?: SharedAnswers) {
  const memo = createMemo<History>(100, shared)

  return (metric: MetricConfig, ask: HistoryAsk): Promise<Timed<History>> => {
    const range = toRange(metric, ask)
    const question = JSON.stringify([metric.history, range])
    return memo.get(metric, question, () => limit(() => read(db, metric, range)))
  }
}

interface Range {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** The first point is at `from`, the others follow step by step; without a `from` the last is the newest there is. */
function toRange(metric: MetricConfig, ask: HistoryAsk): Range {
  const newest = asofAt(Date.now(), metric)
  const to = Math.min(ask.to ?? newest, newest)
  const from = ask.from ?? to - DEFAULT_POINTS * metric.refreshMs
  if (from > (ask.to ?? newest)) throw new HttpError(400, 'bad_range', 'from lies after to')
  const wanted = ask.step ?? Math.max(metric.refreshMs, (to - from) / DEFAULT_POINTS)
  const step = snap(Math.max(wanted, (to - from) / MAX_POINTS), metric.bucketMs)
  const last = Math.floor(to / metric.bucketMs) * metric.bucketMs
  const first =
    ask.from === undefined
      ? last - Math.floor((last - from) / step) * step
      : Math.ceil(from / metric.bucketMs) * metric.bucketMs
  return { from: first, to: last, step }
}

const snap = (step: number, bucketMs: number): number => Math.max(1, Math.ceil(step / bucketMs)) * bucketMs

/** One query; where it takes too long, fewer points. */
async function read(db: ClickHouse, metric: MetricConfig, range: Range): Promise<History> {
  let failure: unknown
  for (let attempt = 0, { step } = range; attempt < ATTEMPTS; attempt++, step *= WIDENING) {
    const asofs = instants({ ...range, step })
    try {
      const values = asofs.length === 0 ? new Map<number, Value>() : await readHistory(db, metric, asofs, LIMIT_MS)
      return {
        metric: metric.name,
        step,
        points: asofs.map(timestamp => ({ timestamp, ...(values.get(timestamp) ?? { value: metric.empty }) })),
      }
    } catch (error) {
      failure = error
      if (!isTooCostly(error)) break
    }
  }
  throw failure
}

/** TOO_MANY_ROWS, TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES; 0: no answer in time. */
const TOO_COSTLY = new Set([0, 158, 159, 160, 241, 307])

const isTooCostly = (error: unknown): boolean => error instanceof ClickHouseError && TOO_COSTLY.has(error.code)

const instants = ({ from, to, step }: Range): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, i) => from + i * step)
