import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** A query that may take longer than the refresh: values would queue up behind it. */
export const slaQueryOverRefresh: Rule = {
  code: 'sla-query-over-refresh',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    if (metric.sla.queryMs <= metric.refreshMs) return
    report({
      message: `metric ${metric.name}: sla.query ${duration(metric.sla.queryMs)} lets one query outlast its refresh of ${duration(metric.refreshMs)}`,
      span: spanOf(metric, 'sla.query', 'sla', 'refresh'),
      fix: `promise ${duration(metric.refreshMs)} or less, or refresh more slowly`,
    })
  }),
}
