import type { Rule } from '../rule.js'
import { duration } from '../text.js'

/** Somebody is woken by a number that is minutes old. */
export const slowPage: Rule = {
  code: 'slow-page',
  severity: 'warning',
  check({ alerts, metrics }, report) {
    for (const alert of alerts) {
      const metric = metrics.find(candidate => candidate.name === alert.metric)
      if (metric?.tier !== 3 || alert.severity !== 'page') continue
      report({
        message: `alert ${alert.name}: pages on ${metric.name}, tier 3: known after ${duration(metric.refreshMs + metric.settleMs + alert.forMs)} at the latest`,
        span: alert.span,
        fix: `make ${metric.name} tier 2, or use a severity that can wait`,
      })
    }
  },
}
