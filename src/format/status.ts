import type { EngineStatus } from '../cli/engineStatus.js'
import type { LastApply } from '../cli/lastApply.js'
import type { MetricStatus, ServiceStatus } from '../cli/service.js'
import { enginesRows, enginesWell } from './engines.js'
import { duration } from './quantity.js'
import type { Style } from './style.js'
import { table } from './table.js'

/** What `status` knows of a target. */
export interface Status {
  readonly target: string
  /** rtdash's own. */
  readonly version: string
  readonly clickhouse: string
  readonly url: string | undefined
  /** Undefined when it does not answer, or the target does not say where it is. */
  readonly service: ServiceStatus | undefined
  readonly applied: LastApply | undefined
  readonly engines: EngineStatus
}

/** All is well: engines and service answer, with the configuration that was applied last, and every metric is fresh. */
export const isWell = ({ service, applied, engines }: Status): boolean =>
  enginesWell(engines) &&
  service !== undefined &&
  service.config === (applied?.hash ?? null) &&
  service.metrics.every(({ stale }) => !stale)

/** `status --json` (schemas/status.schema.json). */
export function statusDocument(status: Status) {
  const { target, version, clickhouse, url, service, applied, engines } = status
  return {
    ok: isWell(status),
    target,
    version,
    clickhouse: { version: clickhouse },
    ...engines,
    service: service
      ? {
          url,
          config: service.config,
          uptime_ms: service.uptime_ms,
          database: service.database,
          viewers: service.viewers,
        }
      : null,
    metrics: (service?.metrics ?? []).map(({ name, tier, deliver, value, age_ms, stale, error }) => ({
      metric: name,
      tier,
      deliver,
      value,
      age_ms,
      stale,
      error,
    })),
    sources: (service?.ingest ?? []).map(({ source, accepted, rejected, eventsPerSecond }) => ({
      source,
      accepted,
      rejected,
      events_per_second: eventsPerSecond,
    })),
    applied: applied ?? null,
  }
}

export function statusText(status: Status, style: Style): string {
  const { service, applied } = status
  const head = [
    ['target', `${status.target}  ${style.dim(`rtdash ${status.version}, ClickHouse ${status.clickhouse}`)}`],
    ['service', serviceText(status, style)],
    ['applied', applied ? `${applied.at}  ${style.dim(applied.hash)}` : style.yellow('nothing yet: rtdash apply')],
  ]
  head.push(...enginesRows(status.engines, style))
  if (service === undefined) return table(head)
  head.push(['viewers', `${service.viewers.ws + service.viewers.sse}`])
  const metrics = service.metrics.map(metric => metricRow(metric, style))
  const sources = service.ingest.map(({ source, accepted, rejected, eventsPerSecond }) => [
    source,
    `${Math.round(eventsPerSecond).toLocaleString('en-US')}/s`,
    accepted.toLocaleString('en-US'),
    rejected.toLocaleString('en-US'),
  ])
  const parts = [table(head)]
  if (sources.length > 0)
    parts.push(table([['source', 'now', 'accepted', 'rejected'].map(style.dim), ...sources], { right: [1, 2, 3] }))
  if (metrics.length > 0)
    parts.push(
      table([['metric', 'tier', 'channel', 'value', 'age', ''].map(style.dim), ...metrics], { right: [1, 3, 4] }),
    )
  return parts.join('\n\n')
}

function serviceText({ url, service, applied }: Status, style: Style): string {
  if (url === undefined) return style.yellow('the target does not say where it is: push: { url: … }')
  if (service === undefined) return `${url}  ${style.red('does not answer')}`
  const behind = service.config !== (applied?.hash ?? null)
  const note = behind ? style.yellow('has another configuration than was applied last') : style.green('ok')
  return `${url}  ${note}, up ${duration(service.uptime_ms)}`
}

const metricRow = ({ name, tier, deliver, value, age_ms, stale, error }: MetricStatus, style: Style): string[] => [
  name,
  String(tier),
  deliver,
  value === null ? '–' : String(Number(value.toPrecision(6))),
  age_ms === null ? '–' : duration(age_ms),
  error === null ? (stale ? style.yellow('stale') : style.green('fresh')) : style.red(error),
]
