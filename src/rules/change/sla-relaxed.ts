import type { Metric } from '../../model/model.js'
import { spanOf } from '../rule.js'
import { duration } from '../text.js'
import { type ChangeRule, keptMetrics } from './changeRule.js'
import type { StandingMetric } from './standing.js'

/** A metric that promises less than before: slower, staler, or a lower tier. */
export const slaRelaxed: ChangeRule = {
  code: 'sla-relaxed',
  severity: 'warning',
  check: (reviewed, report) => {
    for (const { was, metric } of keptMetrics(reviewed)) {
      const worse = relaxed(was, metric)
      if (worse.length === 0) continue
      report({
        message: `metric ${metric.name} promises less: ${worse.map(({ text }) => text).join(', ')}`,
        span: spanOf(metric, ...worse.map(({ key }) => key)),
        fix: 'keep the promise, or tell those who watch it',
      })
    }
  },
}

function relaxed(was: StandingMetric, is: Metric): { key: string; text: string }[] {
  const raised = (key: string, from: number, to: number) =>
    to > from ? [{ key, text: `${key} ${duration(from)} → ${duration(to)}` }] : []
  return [
    ...(is.tier > was.tier ? [{ key: 'tier', text: `tier ${was.tier} → ${is.tier}` }] : []),
    ...raised('refresh', was.refreshMs, is.refreshMs),
    ...(is.deliver === 'poll' && was.deliver === 'poll' ? raised('cache', was.cacheMs, is.cacheMs) : []),
    ...raised('sla.latency', was.sla.latencyMs, is.sla.latencyMs),
    ...raised('sla.query', was.sla.queryMs, is.sla.queryMs),
    ...raised('sla.lag', was.sla.lagMs, is.sla.lagMs),
  ]
}
