import type { ServiceConfig } from '../../model/serviceConfig.js'
import { HttpError, sendJson, sendText } from '../http/answer.js'
import type { Route } from '../http/router.js'
import type { SourceStats } from '../ingest/stats.js'
import type { LoaderStats } from '../load/stats.js'
import type { Rings } from '../push/rings.js'
import type { RedisState } from '../redis/link.js'
import type { Authenticate } from '../security/reader.js'
import type { Telemetry } from '../telemetry.js'
import { exposeSeries } from './series.js'
import { status } from './status.js'

export interface HealthParts {
  readonly config: () => ServiceConfig | undefined
  readonly reachable: () => boolean
  readonly stopping: () => boolean
  readonly viewers: () => { readonly ws: number; readonly sse: number }
  readonly rings: Rings
  readonly telemetry: Telemetry
  readonly authenticate: Authenticate
  readonly roles: readonly string[]
  readonly ingest: () => readonly SourceStats[]
  /** Where there is Kafka. */
  readonly load?: (() => readonly LoaderStats[]) | undefined
  readonly lagMs: (source: string) => number
  /** Where there is one. */
  readonly redis?: (() => RedisState) | undefined
}

/** `/healthz`, `/readyz`, `/metrics` and `/api/status`. */
export function healthRoutes(parts: HealthParts): Route[] {
  const { config, reachable, stopping, viewers, telemetry, authenticate } = parts
  const startedAt = Date.now()

  const trouble = (): string | undefined =>
    stopping() ? 'stopping' : reachable() ? undefined : 'the database does not answer'

  return [
    {
      method: 'GET',
      path: '/healthz',
      handle: ({ res }) => {
        const { ws, sse } = viewers()
        const current = config()
        sendJson(res, {
          status: trouble() === undefined && parts.redis?.().redis !== 'unreachable' ? 'ok' : 'degraded',
          active_connections: ws + sse,
          config: current?.hash ?? null,
          project: current?.project ?? null,
          metrics: current?.metrics.length ?? 0,
          database: reachable() ? 'ok' : 'unreachable',
          ...parts.redis?.(),
          roles: parts.roles,
          uptime_ms: Date.now() - startedAt,
          ...(current ? {} : { message: 'no configuration was applied yet: run rtdash apply' }),
        })
      },
    },
    {
      method: 'GET',
      path: '/readyz',
      handle: ({ res }) => {
        const reason = trouble()
        if (reason !== undefined) throw new HttpError(503, 'not_ready', reason, { 'Retry-After': '1' })
        sendJson(res, { status: 'ready', config: config()?.hash ?? null })
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      handle: async ({ req, res, url }) => {
        const reader = await authenticate(req, url)
        if (!reader.everything)
          throw new HttpError(403, 'forbidden', 'the exporter needs a token for all metrics: "metrics": ["*"]')
        expose(parts)
        sendText(res, await telemetry.registry.metrics(), 200, telemetry.registry.contentType)
      },
    },
    {
      method: 'GET',
      path: '/api/status',
      handle: async ({ req, res, url }) => {
        const reader = await authenticate(req, url)
        const database = reachable() ? ('ok' as const) : ('unreachable' as const)
        const body = status({
          ...parts,
          config: config(),
          reader,
          startedAt,
          viewers: viewers(),
          database,
          ingest: parts.ingest(),
          load: parts.load?.(),
        })
        sendJson(res, body, { headers: { 'Cache-Control': 'no-store' } })
      },
    },
  ]
}

/** Gauges that are read off at scrape time. */
function expose({ config, rings, telemetry, viewers, ingest, load = () => [], lagMs }: HealthParts): void {
  const { ws, sse } = viewers()
  telemetry.connections.set({ channel: 'ws' }, ws)
  telemetry.connections.set({ channel: 'sse' }, sse)
  telemetry.accepted.reset()
  telemetry.rejected.reset()
  telemetry.loaded.reset()
  for (const { source, accepted, rejected } of ingest()) {
    telemetry.accepted.inc({ source }, accepted)
    telemetry.rejected.inc({ source }, rejected)
  }
  for (const { source, rows } of load()) telemetry.loaded.inc({ source }, rows)
  for (const { name } of config()?.sources ?? []) telemetry.lag.set({ source: name }, lagMs(name) / 1000)
  for (const gauge of [telemetry.freshness, telemetry.slaLatency, telemetry.slaQuery]) gauge.reset()
  const current = new Set<string>()
  for (const { name, sla } of config()?.metrics ?? []) {
    current.add(name)
    const latest = rings.get(name)?.latest()
    if (latest) telemetry.freshness.set({ metric: name }, (Date.now() - latest.timestamp) / 1000)
    telemetry.slaLatency.set({ metric: name }, sla.latencyMs / 1000)
    telemetry.slaQuery.set({ metric: name }, sla.queryMs / 1000)
  }
  telemetry.forgetExcept(current)
  exposeSeries(telemetry.registry, config()?.metrics ?? [], rings)
}
