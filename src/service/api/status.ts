import type { ServiceConfig } from '../../model/serviceConfig.js'
import type { Rings } from '../push/rings.js'
import type { Reader } from '../security/reader.js'
import type { Telemetry } from '../telemetry.js'

export interface StatusParts {
  readonly config: ServiceConfig | undefined
  readonly rings: Rings
  readonly telemetry: Telemetry
  readonly reader: Reader
  readonly roles: readonly string[]
  readonly startedAt: number
  readonly viewers: { readonly ws: number; readonly sse: number }
  readonly database: 'ok' | 'unreachable'
  /** Ingest's own counters. */
  readonly ingest: unknown
  /** The loader's, where there is Kafka. */
  readonly load: unknown
}

/** The body of `/api/status`: what `status` prints and `verify` reads. Ages and times in ms. */
export function status(parts: StatusParts) {
  const { config, rings, telemetry, reader } = parts
  const now = Date.now()
  return {
    config: config?.hash ?? null,
    project: config?.project ?? null,
    roles: parts.roles,
    uptime_ms: now - parts.startedAt,
    database: parts.database,
    viewers: parts.viewers,
    metrics: (config?.metrics ?? [])
      .filter(({ name }) => reader.allows(name))
      .map(metric => {
        const latest = rings.get(metric.name)?.latest()
        const stats = telemetry.metric(metric.name)
        return {
          name: metric.name,
          tier: metric.tier,
          deliver: metric.deliver,
          timestamp: latest?.timestamp ?? null,
          value: latest?.value ?? null,
          age_ms: latest ? now - latest.timestamp : null,
          stale: !latest || latest.stale === true || now - latest.timestamp > metric.refreshMs + metric.sla.latencyMs,
          query_ms: stats.query.summary(),
          delay_ms: stats.delay.summary(),
          latency_ms: stats.latency.summary(),
          skipped: stats.skipped,
          failures: stats.failures,
          error: stats.lastError ?? null,
        }
      }),
    ingest: parts.ingest,
    ...(parts.load !== undefined && { load: parts.load }),
  }
}
