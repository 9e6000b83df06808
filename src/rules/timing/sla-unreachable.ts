import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'
import { total, waiting } from '../waiting.js'

/** A promised latency below the least that the pipeline's own waiting adds up to. */
export const slaUnreachable: Rule = {
  code: 'sla-unreachable',
  severity: 'error',
  check: eachMetric(({ metric, source, model }, report) => {
    const waits = waiting(metric, source, model.target)
    const least = total(waits)
    if (metric.sla.latencyMs >= least) return
    const sum = waits.map(wait => `${wait.name} ${duration(wait.ms)}`).join(' + ')
    report({
      message: `metric ${metric.name}: sla.latency ${duration(metric.sla.latencyMs)} cannot be met: ${sum} = ${duration(least)}`,
      span: spanOf(metric, 'sla.latency', 'sla', 'refresh'),
      fix: `promise more than ${duration(least)}, or refresh faster`,
    })
  }),
}
