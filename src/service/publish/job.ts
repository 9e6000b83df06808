import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig, ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { Log } from '../options.js'
import type { Telemetry } from '../telemetry.js'
import type { Update } from '../update.js'
import { asofAt, nextBeat } from './asof.js'
import type { Canaries } from './canaries.js'
import { expose } from './expose.js'
import type { Fanout } from './fanout.js'
import type { Limiter } from './limiter.js'
import { type Reading, readMetric, readStoredOrCompute } from './readMetric.js'
import { toUpdate } from './toUpdate.js'

/** Publishes every metric of the configuration once per refresh. */
export interface Publisher {
  apply(config: ServiceConfig | undefined): void
  stop(): void
}

/** What all jobs share. */
export interface Publishing {
  readonly db: ClickHouse
  readonly fanout: Fanout
  readonly canaries: Canaries
  readonly telemetry: Telemetry
  /** Bounds the queries in flight. */
  readonly limit: Limiter
  /** How far storing is behind the newest accepted event of the source, in ms; 0 where unknown. */
  readonly lagMs: (source: string) => number
  readonly log: Log
}

/** One computation on its beat, published under the names of all metrics that mean it. */
export interface Job {
  /** Takes the metrics (all alike but for name and words) and their source. The first call starts the job. */
  serve(metrics: readonly MetricConfig[], source: SourceConfig | undefined): void
  stop(): void
}

const MAX_PAUSE_MS = 10_000
const NOTHING: Reading = { total: { value: null }, series: [], truncated: false, queryMs: 0 }
const MIN_TIMEOUT_MS = 5000

/** Metrics with equal keys have equal values at all times. */
export const jobKey = ({ source, query, stored, refreshMs, settleMs, by, limit, empty }: MetricConfig): string =>
  JSON.stringify([source, query, stored, refreshMs, settleMs, by, limit, empty])

/** A job that computes the instant due at once, then each on its beat; never two at a time. */
export function createJob(shared: Publishing, beat: MetricConfig): Job {
  const { telemetry } = shared
  let metrics: readonly MetricConfig[] = []
  let source: SourceConfig | undefined
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let stopped = false
  let lastAsof = 0
  let good: { readonly asof: number; readonly reading: Reading } | undefined
  let failures = 0
  let retryAt = 0

  function onBeat(): void {
    if (stopped) return
    timer = setTimeout(onBeat, nextBeat(Date.now(), beat) - Date.now())
    if (busy || Date.now() < retryAt) return
    busy = true
    void shared.limit(refresh).finally(() => {
      busy = false
    })
  }

  async function refresh(): Promise<void> {
    const asof = asofAt(Date.now(), beat)
    if (stopped || asof <= lastAsof) return
    const first = lastAsof === 0
    countSkipped(asof)
    lastAsof = asof
    try {
      const [canary, reading] = await Promise.all([
        source && shared.canaries.before(source, asof),
        beat.stored === undefined
          ? readMetric(shared.db, beat, asof, timeoutOf(beat))
          : readStoredOrCompute(shared.db, beat, asof, timeoutOf(beat)),
      ])
      failures = 0
      good = { asof, reading }
      for (const { name } of metrics) observe(name, reading.queryMs, first ? undefined : Date.now() - asof)
      const seen = canary && { ...canary, published: Date.now() }
      publish(metric => toUpdate(metric, asof, reading, { stale: isLate(metric, asof), canary: seen }))
    } catch (error) {
      onFailure(asof, error)
    }
  }

  /** Instants between the last and this one that were never computed because a query took too long. */
  function countSkipped(asof: number): void {
    const skipped = lastAsof === 0 ? 0 : (asof - lastAsof) / beat.refreshMs - 1
    if (skipped <= 0) return
    for (const { name } of metrics) {
      telemetry.metric(name).skipped += skipped
      telemetry.skipped.inc({ metric: name }, skipped)
    }
  }

  /** After a failure: wait longer each time, and past the SLA repeat the last value, marked stale. */
  function onFailure(asof: number, error: unknown): void {
    if (stopped) return
    const message = error instanceof Error ? error.message : String(error)
    retryAt = Date.now() + Math.min(MAX_PAUSE_MS, beat.refreshMs * 2 ** Math.min(failures, 8))
    if (failures++ === 0) shared.log(`metric ${metrics.map(metric => metric.name).join(', ')}: ${message}`)
    for (const { name } of metrics) {
      const stats = telemetry.metric(name)
      stats.failures++
      stats.lastError = message
      telemetry.failures.inc({ metric: name })
    }
    const reading = good?.reading ?? NOTHING
    publish(metric => (isLate(metric, good?.asof ?? 0) ? toUpdate(metric, asof, reading, { stale: true }) : undefined))
  }

  /** An update is stale when its own instant, or what is stored of its source, is further back than the SLA allows. */
  const isLate = (metric: MetricConfig, asof: number): boolean =>
    Date.now() - asof > metric.sla.latencyMs || shared.lagMs(metric.source) > metric.sla.lagMs

  function publish(make: (metric: MetricConfig) => Update | undefined): void {
    if (stopped) return
    const updates = metrics.map(make).filter(update => update !== undefined)
    if (updates.length > 0) shared.fanout.publish(updates)
    for (const update of updates) expose(telemetry, update)
  }

  /** The first instant after a start was due long ago: its delay says nothing. */
  function observe(metric: string, queryMs: number, delayMs: number | undefined): void {
    const stats = telemetry.metric(metric)
    delete stats.lastError
    stats.query.add(queryMs)
    telemetry.queryTime.observe({ metric }, queryMs / 1000)
    if (delayMs === undefined) return
    stats.delay.add(delayMs)
    telemetry.delay.observe({ metric }, delayMs / 1000)
  }

  return {
    serve: (next, nextSource) => {
      metrics = next
      source = nextSource
      if (!timer) onBeat()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** After so long a query is given up: it counts as failed. */
export const timeoutOf = (metric: MetricConfig): number =>
  Math.max(MIN_TIMEOUT_MS, 10 * metric.sla.queryMs, Math.min(metric.refreshMs, 60_000))
