import type { Metric, Model, Source } from '../../model/model.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** A promised latency below the least that the pipeline's own waiting adds up to. */
export const slaUnreachable: Rule = {
  code: 'sla-unreachable',
  severity: 'error',
  check: eachMetric(({ metric, source, model }, report) => {
    const parts = waiting(metric, source, model)
    const least = parts.reduce((sum, part) => sum + part.ms, 0)
    if (metric.sla.latencyMs >= least) return
    const sum = parts.map(part => `${part.name} ${duration(part.ms)}`).join(' + ')
    report({
      message: `metric ${metric.name}: sla.latency ${duration(metric.sla.latencyMs)} cannot be met: ${sum} = ${duration(least)}`,
      span: spanOf(metric, 'sla.latency', 'sla', 'refresh'),
      fix: `promise more than ${duration(least)}, or refresh faster`,
    })
  }),
}

/** What an event waits for at most before anything is sent: its refresh, then late events. Query and network come on top. */
function waiting(metric: Metric, source: Source, model: Model): { name: string; ms: number }[] {
  const cached = metric.deliver === 'poll' && metric.cacheMs > metric.refreshMs
  const onFlink = metric.tier === 1 && model.target.flink !== undefined
  return [
    cached ? { name: 'cache', ms: metric.cacheMs } : { name: 'refresh', ms: metric.refreshMs },
    onFlink ? { name: 'lateness', ms: source.latenessMs } : { name: 'settle time', ms: metric.settleMs },
  ]
}
