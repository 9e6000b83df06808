import type { MetricConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { Canary } from '../update.js'
import { asofAt, nextBeat } from './asof.js'
import { expose } from './expose.js'
import { type Publishing, timeoutOf } from './job.js'
import { type Reading, readMetric } from './readMetric.js'
import { readingOf, type StreamedRecord } from './streamedRecord.js'
import { toUpdate } from './toUpdate.js'
import { createWindows } from './windows.js'

/** One metric that Flink computes: its records become updates, and what does not come in time is computed here. */
export interface StreamedMetric {
  /** Under which definition it takes records. */
  readonly meaning: string
  /** The first call starts it. */
  serve(metric: MetricConfig, source: SourceConfig | undefined): void
  /** A window's values, with the newest canary before its end. Those of another definition are left out. */
  receive(record: StreamedRecord, canary: Canary | undefined): void
  stop(): void
}

/** What came of a window, and how long after its end. */
interface Arrival {
  readonly reading: Reading
  readonly canary: Canary | undefined
  readonly delayMs: number
}

const NOTHING: Reading = { series: [], truncated: false, queryMs: 0 }
/** In place of what came of a window without events. */
const PASSED = 'passed'

/** A metric that has `streamed`. */
export function createStreamedMetric(shared: Publishing, first: MetricConfig): StreamedMetric {
  const { telemetry } = shared
  const { meaning } = first.streamed!
  // Another refresh is another meaning; another wait is not.
  const windows = createWindows<Arrival | typeof PASSED>(first.refreshMs, PASSED)
  let metric = first
  let source: SourceConfig | undefined
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let stopped = false
  let last = 0
  let good = NOTHING
  let failures = 0

  const beat = () => ({ refreshMs: metric.refreshMs, settleMs: metric.streamed!.waitMs })

  /**
   * By the wall clock: a window that has not come is empty (Flink writes no empty ones, and holds the last before a
   * silence back), or Flink is behind, or it came before this began to read; ClickHouse knows which.
   */
  function onBeat(): void {
    if (stopped) return
    timer = setTimeout(onBeat, nextBeat(Date.now(), beat()) - Date.now())
    const asof = asofAt(Date.now(), beat())
    if (busy || asof <= last) return
    passOn(asof)
    if (asof <= last) return
    busy = true
    void shared
      .limit(() => fill(asof))
      .finally(() => {
        busy = false
      })
  }

  async function fill(asof: number): Promise<void> {
    if (stopped || asof <= last) return
    try {
      const [canary, reading] = await Promise.all([
        source && shared.canaries.before(source, asof),
        readMetric(shared.db, metric, asof, timeoutOf(metric)),
      ])
      failures = 0
      const stats = telemetry.metric(metric.name)
      delete stats.lastError
      stats.query.add(reading.queryMs)
      telemetry.queryTime.observe({ metric: metric.name }, reading.queryMs / 1000)
      // Nothing can be late where nothing happened, as long as what is stored is not behind.
      const quiet = (reading.total?.value ?? metric.empty) === metric.empty && reading.series.length === 0
      publish(asof, reading, quiet ? storedLate() : isLate(asof) || storedLate(), canary)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (failures++ === 0) shared.log(`metric ${metric.name}: ${message}`)
      const stats = telemetry.metric(metric.name)
      stats.failures++
      stats.lastError = message
      telemetry.failures.inc({ metric: metric.name })
      publish(asof, good, true, undefined)
    }
    passOn(last + metric.refreshMs)
  }

  /** Publishes what has come, from this window on, up to the first of which nothing is known. */
  function passOn(from: number): void {
    let end = from
    for (let came = windows.get(end); came; came = windows.get(end)) {
      if (came === PASSED) publish(end, NOTHING, isLate(end) || storedLate(), undefined)
      else {
        telemetry.metric(metric.name).delay.add(came.delayMs)
        telemetry.delay.observe({ metric: metric.name }, came.delayMs / 1000)
        publish(end, came.reading, isLate(end), came.canary)
      }
      end += metric.refreshMs
    }
  }

  /** Windows that neither came in time nor could be computed. */
  function countSkipped(asof: number): void {
    const skipped = last === 0 ? 0 : (asof - last) / metric.refreshMs - 1
    if (skipped <= 0) return
    telemetry.metric(metric.name).skipped += skipped
    telemetry.skipped.inc({ metric: metric.name }, skipped)
  }

  const storedLate = (): boolean => shared.lagMs(metric.source) > metric.sla.lagMs
  const isLate = (asof: number): boolean => Date.now() - asof > metric.sla.latencyMs

  function publish(asof: number, reading: Reading, stale: boolean, canary: Canary | undefined): void {
    if (stopped || asof <= last) return
    countSkipped(asof)
    last = asof
    windows.forget(asof)
    good = reading
    const seen = canary && { ...canary, published: Date.now() }
    const update = toUpdate(metric, asof, reading, { stale, canary: seen })
    shared.fanout.publish([update])
    expose(telemetry, update)
  }

  return {
    meaning,
    serve: (next, nextSource) => {
      metric = next
      source = nextSource
      if (!timer) onBeat()
    },
    receive: (record, canary) => {
      if (stopped || record.meaning !== meaning) return
      const { timestamp } = record
      const reading = readingOf(metric, record)
      windows.put(timestamp, { reading, canary, delayMs: Date.now() - timestamp })
      if (last > 0) passOn(last + metric.refreshMs)
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
