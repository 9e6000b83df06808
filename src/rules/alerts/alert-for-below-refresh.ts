import type { Rule } from '../rule.js'
import { duration } from '../text.js'

/** A waiting time so short that it sees one value only. */
export const alertForBelowRefresh: Rule = {
  code: 'alert-for-below-refresh',
  severity: 'warning',
  check({ alerts, metrics }, report) {
    for (const alert of alerts) {
      const refresh = metrics.find(metric => metric.name === alert.metric)?.refreshMs ?? 0
      if (alert.forMs === 0 || alert.forMs >= refresh) continue
      report({
        message: `alert ${alert.name}: for ${duration(alert.forMs)} is shorter than the refresh of ${alert.metric}, ${duration(refresh)}: one value decides`,
        span: alert.span,
        fix: `use for: ${duration(2 * refresh)} to wait for two values more, or leave it out to fire at once`,
      })
    }
  },
}
