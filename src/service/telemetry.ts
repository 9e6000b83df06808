import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createSamples, type Samples } from './samples.js'
import type { Canary } from './update.js'

/** What the service knows about one metric's work, for `/api/status`, `verify` and the exporter. */
export interface MetricStats {
  readonly query: Samples
  /** From the end of the window to the hand-over to the fan-out. */
  readonly delay: Samples
  /** From a canary's sending to the first query that saw it. */
  readonly latency: Samples
  skipped: number
  failures: number
  lastError?: string
  /** Send time of the newest canary seen. */
  canary?: number
}

export type Telemetry = ReturnType<typeof createTelemetry>

/** Counters and gauges under the prefix `rtdash_`; nothing in it is shared between two services of one process. */
export function createTelemetry() {
  const registry = new Registry()
  const registers = [registry]
  const metrics = new Map<string, MetricStats>()
  const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `rtdash_${name}`, help, labelNames, registers })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `rtdash_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `rtdash_${name}`, help, labelNames: ['metric'], buckets: seconds, registers })

  const latency = histogram('metric_latency_seconds', 'From the sending of a canary to the first query that saw it')

  /** Made on first use; kept for as long as the service runs. */
  function metric(name: string): MetricStats {
    let stats = metrics.get(name)
    if (!stats) {
      stats = { query: createSamples(), delay: createSamples(), latency: createSamples(), skipped: 0, failures: 0 }
      metrics.set(name, stats)
    }
    return stats
  }

  /** Counts each canary once per metric. */
  function seeCanary(name: string, { sent, queried }: Canary): void {
    const stats = metric(name)
    if (stats.canary === sent) return
    stats.canary = sent
    stats.latency.add(queried - sent)
    latency.observe({ metric: name }, (queried - sent) / 1000)
  }

  const value = gauge('metric_value', "The metric's newest value; absent where undefined", ['metric'])
  const stale = gauge('metric_stale', '1 while the newest update is marked stale', ['metric'])

  /** What a new configuration has no longer must not be scraped for ever. */
  function forgetExcept(names: ReadonlySet<string>): void {
    for (const name of metrics.keys()) {
      if (names.has(name)) continue
      metrics.delete(name)
      value.remove({ metric: name })
      stale.remove({ metric: name })
    }
  }

  return {
    registry,
    metrics,
    metric,
    seeCanary,
    value,
    stale,
    forgetExcept,
    freshness: gauge('metric_freshness_seconds', 'Age of the newest update', ['metric']),
    slaLatency: gauge('metric_sla_latency_seconds', 'What sla.latency promises', ['metric']),
    slaQuery: gauge('metric_sla_query_seconds', 'What sla.query promises', ['metric']),
    queryTime: histogram('metric_query_seconds', "Time of the metric's own query"),
    delay: histogram('metric_delay_seconds', 'From the end of the window to the hand-over to the fan-out'),
    skipped: counter('refreshes_skipped_total', 'Refreshes left out because the one before had not ended', ['metric']),
    failures: counter('refreshes_failed_total', 'Refreshes whose query failed', ['metric']),
    connections: gauge('connections', 'Open viewers', ['channel']),
    deliveries: counter('deliveries_total', 'Updates written to viewers'),
    drops: counter('queue_drops_total', 'Updates that gave way to a newer one of the same metric for a slow viewer'),
    stuck: counter('stuck_closed_total', 'Viewers closed because nothing could be sent for too long'),
    requests: counter('http_requests_total', 'Answers by route and status', ['route', 'status']),
    accepted: counter('events_accepted_total', 'Events accepted', ['source']),
    rejected: counter('events_rejected_total', 'Events rejected', ['source']),
    loaded: counter('events_loaded_total', 'Events that this process moved from Kafka to ClickHouse', ['source']),
    lag: gauge('ingest_lag_seconds', 'How far storing is behind the newest accepted event', ['source']),
  }
}
