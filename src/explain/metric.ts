import { finestNeeded } from '../compile/buckets.js'
import { budgetMs } from '../compile/cost.js'
import type { Metric, Model, Source, Tier } from '../model/model.js'
import type { Reading } from '../model/rollup.js'
import { limits, refreshOfTier } from '../rules/limits.js'
import { count, duration, windowText } from '../rules/text.js'
import { onFlink, total, waiting } from '../rules/waiting.js'
import type { Decision, MetricReport } from './report.js'

/** The way of one metric through the decision tree. `reading` is the planner's; it has none for a metric in error. */
export function explainMetric(
  model: Model,
  source: Source,
  metric: Metric,
  reading: Reading | undefined,
): MetricReport {
  const waits = waiting(metric, source, model.target)
  return {
    metric: metric.name,
    source: source.name,
    tier: { choice: metric.tier, why: tierWhy(metric) },
    engine: engine(model, source, metric),
    rollup: {
      choice: reading?.rungs.map(rung => rung.rollup) ?? [],
      why: reading
        ? `${onFlink(metric, model.target) ? 'for history: ' : ''}${rollupWhy(metric, reading)}`
        : 'no bucket divides window, refresh and 15m',
      rungs: reading?.rungs ?? [],
      estimate: reading?.estimate ?? { rows: 0, states: 0, ms: 0 },
    },
    channel: { choice: metric.deliver, why: channelWhy(model, metric) },
    cache: { choice: metric.cacheMs, why: cacheWhy(model, metric) },
    latency: { promised: metric.sla.latencyMs, least: total(waits), waits },
  }
}

const tierNames: Readonly<Record<Tier, string>> = { 1: 'sub-second', 2: 'near-real-time', 3: 'periodic' }

function tierWhy(metric: Metric): string {
  const { floor, ceiling } = refreshOfTier[metric.tier]
  const range = Number.isFinite(ceiling)
    ? `${duration(floor)} to ${duration(ceiling)}`
    : `${duration(floor)} and slower`
  const inside = metric.refreshMs >= floor && metric.refreshMs <= ceiling
  return `${tierNames[metric.tier]}: refresh ${duration(metric.refreshMs)} is ${inside ? 'within' : 'outside'} ${range}`
}

function engine({ target }: Model, source: Source, metric: Metric): Decision<'flink' | 'clickhouse'> {
  if (onFlink(metric, target)) {
    return {
      choice: 'flink',
      why: `tier 1 and target ${target.name} has Flink: computed as events pass, not after they are stored`,
    }
  }
  if (metric.tier === 1) {
    const rate = source.eventsPerSecond
    const enough = (rate ?? 0) <= limits.events.large ? 'enough' : 'not sure to be enough'
    return {
      choice: 'clickhouse',
      why: `no Flink in target ${target.name}: short buckets, ${enough} ${at(rate)}; verify measures it`,
    }
  }
  if (metric.tier === 2) {
    return {
      choice: 'clickhouse',
      why: `tier 2: views fill rollups as events arrive, one query every ${duration(metric.refreshMs)} for all viewers`,
    }
  }
  return {
    choice: 'clickhouse',
    why: `tier 3: a scheduled view computes every ${duration(metric.refreshMs)} and stores the value; readers take one row`,
  }
}

function rollupWhy(metric: Metric, { rungs, estimate }: Reading): string {
  const finest = finestNeeded(metric) ?? 0
  const read = rungs[0]!.bucketMs
  const edges = `window ${windowText(metric.window)}, refresh ${duration(metric.refreshMs)}`
  const shared =
    read < finest
      ? `${duration(read)} buckets shared with other metrics (${duration(finest)} would do)`
      : `${duration(read)} is the longest bucket`
  const coarse =
    rungs.length > 1
      ? `; ${rungs
          .slice(1)
          .map(rung => duration(rung.bucketMs))
          .join(' and ')} for the closed part`
      : ''
  const fits =
    estimate.ms <= budgetMs(metric)
      ? 'inside'
      : estimate.ms <= metric.sla.queryMs
        ? 'on a busy machine perhaps over'
        : 'over'
  return (
    `${shared} for ${edges}${coarse}: ${count(estimate.rows)} rows, ${count(estimate.states)} states merged, ` +
    `about ${estimate.ms} ms, ${fits} sla.query ${duration(metric.sla.queryMs)}`
  )
}

function channelWhy({ viewers = 0 }: Model, metric: Metric): string {
  const byTier = ({ 1: 'ws', 2: 'sse', 3: 'poll' } as const)[metric.tier]
  if (metric.deliver !== byTier) return `asked for; tier ${metric.tier} would take ${byTier}`
  if (metric.tier === 1) return 'tier 1: pushed the moment it is computed'
  if (metric.tier === 3) return 'tier 3: the value changes seldom enough to be asked for'
  const crowd = viewers > limits.viewers.fanOut ? `, and a CDN can hold it for ${count(viewers)} viewers` : ''
  return `tier 2: pushed over plain HTTP, resumes by itself${crowd}`
}

function cacheWhy({ target }: Model, metric: Metric): string {
  const where = target.redis ? 'in Redis, for all nodes' : 'in the service'
  const length = metric.cacheMs === metric.refreshMs ? 'one refresh' : `refresh is ${duration(metric.refreshMs)}`
  return `${length}; ${where}: any number of polling viewers cost one query`
}

const at = (rate: number | undefined): string =>
  rate === undefined ? 'where expect is not told' : `at ${count(rate)} events/s`
