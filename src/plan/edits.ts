import type { Model } from '../model/model.js'
import { type Standing, type StandingMetric, standingMetric } from '../rules/change/standing.js'
import { duration } from '../rules/text.js'

/** What a change does to one metric, in the words of the file: `window 5m → 10m`. */
export interface Edit {
  readonly action: 'add' | 'change' | 'remove'
  readonly metric: string
  readonly what: readonly string[]
}

/** Metrics that are gone, changed and new, in this order; those that stay as they are have none. */
export function metricEdits(before: Standing, after: Model): Edit[] {
  const is = new Map(after.metrics.map(metric => [metric.name, standingMetric(metric)]))
  const was = new Map(before.metrics.map(metric => [metric.name, metric]))
  const removed = before.metrics.filter(({ name }) => !is.has(name))
  const changed = [...is.values()].flatMap(metric => {
    const old = was.get(metric.name)
    const what = old === undefined ? [] : changes(old, metric)
    return what.length === 0 ? [] : [{ action: 'change' as const, metric: metric.name, what }]
  })
  const added = [...is.values()].filter(({ name }) => !was.has(name))
  return [
    ...removed.map(({ name }) => ({ action: 'remove' as const, metric: name, what: [] })),
    ...changed,
    ...added.map(metric => ({ action: 'add' as const, metric: metric.name, what: definition(metric) })),
  ]
}

type Described = Readonly<Record<string, string | undefined>>

/** The keys of a metric as the file writes them; undefined where that is not known. */
const described = (metric: StandingMetric): Described => ({
  source: metric.source,
  tier: String(metric.tier),
  measure: metric.measure,
  where: metric.where === undefined ? undefined : metric.where || 'all events',
  by: metric.by.length === 0 ? 'nothing' : metric.by.join(', '),
  limit: String(metric.limit),
  window: metric.window,
  refresh: duration(metric.refreshMs),
  deliver: metric.deliver,
  cache: metric.deliver === 'poll' ? duration(metric.cacheMs) : undefined,
  'sla.latency': duration(metric.sla.latencyMs),
  'sla.query': duration(metric.sla.queryMs),
  'sla.lag': duration(metric.sla.lagMs),
  unit: metric.unit ?? 'none',
})

function changes(old: StandingMetric, metric: StandingMetric): string[] {
  const [was, is] = [described(old), described(metric)]
  return Object.entries(is).flatMap(([key, now]) => {
    const before = was[key]
    return before === undefined || now === undefined || before === now ? [] : [`${key} ${before} → ${now}`]
  })
}

const definition = (metric: StandingMetric): string[] => [
  ...(metric.measure === undefined ? [] : [metric.measure]),
  ...(metric.where ? [`where ${metric.where}`] : []),
  ...(metric.by.length > 0 ? [`by ${metric.by.join(', ')}`] : []),
  `window ${metric.window}`,
  `refresh ${duration(metric.refreshMs)}`,
]
