import { spanOf } from '../rule.js'
import type { ChangeRule } from './changeRule.js'

/** A metric that stays and loses an alert: nobody is called any more. */
export const alertDropped: ChangeRule = {
  code: 'alert-dropped',
  severity: 'warning',
  check: ({ before, after }, report) => {
    for (const alert of before.alerts ?? []) {
      const metric = after.metrics.find(({ name }) => name === alert.metric)
      const now = after.alerts.find(({ name }) => name === alert.name)
      if (metric === undefined || now?.metric === alert.metric) continue
      const others = after.alerts.filter(other => other.metric === metric.name).map(({ name }) => name)
      const left =
        others.length > 0 ? `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} left` : 'none is left'
      report({
        message: `alert ${alert.name} no longer watches metric ${metric.name}${now ? ` but ${now.metric}` : ''}: ${left}`,
        span: now?.span ?? spanOf(metric),
        fix: 'keep the alert, or say in the pull request why nobody needs it',
      })
    }
  },
}
