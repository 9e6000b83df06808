import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { bucketLabel } from '../../naming.js'
import type { Rings } from '../push/rings.js'
import type { Reader } from '../security/reader.js'

/** The body of `/api/metrics`: the metrics this reader may see, with their newest updates. */
export function catalogue(config: ServiceConfig | undefined, rings: Rings, reader: Reader) {
  return {
    project: config?.project ?? null,
    timezone: config?.timezone ?? 'UTC',
    metrics: (config?.metrics ?? []).filter(({ name }) => reader.allows(name)).map(metric => describe(metric, rings)),
  }
}

const describe = (metric: MetricConfig, rings: Rings) => ({
  name: metric.name,
  title: metric.title ?? null,
  description: metric.description ?? null,
  unit: metric.unit ?? null,
  owner: metric.owner ?? null,
  tier: metric.tier,
  deliver: metric.deliver,
  by: metric.by,
  window: 'calendar' in metric.window ? metric.window.calendar : bucketLabel(metric.window.trailingMs),
  refresh_ms: metric.refreshMs,
  cache_ms: metric.cacheMs,
  sla: { latency_ms: metric.sla.latencyMs, query_ms: metric.sla.queryMs, lag_ms: metric.sla.lagMs },
  latest: rings.get(metric.name)?.latest() ?? null,
})
