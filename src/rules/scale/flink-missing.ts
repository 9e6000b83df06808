import { limits } from '../limits.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { count } from '../text.js'

/** Sub-second values of a large stream without a stream processor. */
export const flinkMissing: Rule = {
  code: 'flink-missing',
  severity: 'warning',
  check: eachMetric(({ metric, source, model: { target } }, report) => {
    const rate = source.eventsPerSecond ?? 0
    if (metric.tier !== 1 || rate <= limits.events.large || target.flink) return
    report({
      message: `metric ${metric.name}: tier 1 over ${count(rate)} events/s and no Flink in target ${target.name}: it is read from short buckets, as fast as inserts arrive`,
      span: spanOf(metric, 'tier', 'refresh'),
      fix: `add flink: { gateway: … } to targets.${target.name}, or use tier: 2`,
    })
  }),
}
