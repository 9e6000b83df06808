import { printMeasure, printRow } from '../../expr/print.js'
import type { CalendarUnit, Channel, Metric, Model, Source, Tier } from '../../model/model.js'
import type { MetricConfig, ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { windowText } from '../text.js'

/** What is in force before a change, as far as it is known: a whole file, or only what the service runs. */
export interface Standing {
  readonly sources: readonly StandingSource[]
  readonly metrics: readonly StandingMetric[]
  /** Unknown where only the service's configuration is: it has no alerts. */
  readonly alerts?: readonly { readonly name: string; readonly metric: string }[]
}

export interface StandingSource {
  readonly name: string
  readonly topic: string
  readonly key?: string
  readonly id?: string
}

/** What a metric promises, durations in ms, and what it means as far as that is known. */
export interface StandingMetric {
  readonly name: string
  readonly source: string
  readonly tier: Tier
  readonly by: readonly string[]
  readonly limit: number
  readonly window: string
  readonly refreshMs: number
  readonly cacheMs: number
  readonly deliver: Channel
  readonly sla: { readonly latencyMs: number; readonly queryMs: number; readonly lagMs: number }
  readonly unit?: string
  readonly measure?: string
  /** Set with `measure`; empty where every row counts. */
  readonly where?: string
}

/** What a metrics file says. */
export const standingOf = (model: Model): Standing => ({
  sources: model.sources.map(sourceOf),
  metrics: model.metrics.map(standingMetric),
  alerts: model.alerts.map(({ name, metric }) => ({ name, metric })),
})

/** What the service runs. */
export const standingOfConfig = (config: ServiceConfig): Standing => ({
  sources: config.sources.map(sourceOf),
  metrics: config.metrics.map(metric => ({ ...promiseOf(metric), window: configWindow(metric.window) })),
})

/** One metric of a file. */
export const standingMetric = (metric: Metric): StandingMetric => ({
  ...promiseOf(metric),
  window: windowText(metric.window),
  measure: printMeasure(metric.measure),
  where: metric.where === undefined ? '' : printRow(metric.where),
})

const sourceOf = ({ name, topic, key, id }: Source | SourceConfig): StandingSource => ({
  name,
  topic,
  ...(key !== undefined && { key }),
  ...(id !== undefined && { id }),
})

const promiseOf = (metric: Metric | MetricConfig): Omit<StandingMetric, 'window' | 'measure' | 'where'> => ({
  name: metric.name,
  source: metric.source,
  tier: metric.tier,
  by: metric.by,
  limit: metric.limit,
  refreshMs: metric.refreshMs,
  cacheMs: metric.cacheMs,
  deliver: metric.deliver,
  sla: metric.sla,
  ...(metric.unit !== undefined && { unit: metric.unit }),
})

function configWindow(window: { readonly trailingMs: number } | { readonly calendar: CalendarUnit }): string {
  if ('calendar' in window) return window.calendar
  return windowText({ kind: 'trailing', ms: window.trailingMs })
}
