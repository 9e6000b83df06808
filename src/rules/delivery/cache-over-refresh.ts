import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** Values that are computed and then hidden behind an older cached answer. */
export const cacheOverRefresh: Rule = {
  code: 'cache-over-refresh',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    if (metric.deliver !== 'poll' || metric.cacheMs <= metric.refreshMs) return
    report({
      message: `metric ${metric.name}: cache ${duration(metric.cacheMs)} outlives the refresh of ${duration(metric.refreshMs)}: newer values are computed and not shown`,
      span: spanOf(metric, 'cache'),
      fix: `use cache: ${duration(metric.refreshMs)} or less, or refresh every ${duration(metric.cacheMs)}`,
    })
  }),
}
