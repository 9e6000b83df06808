import { columnsOf } from '../../expr/walk.js'
import type { Rule } from '../rule.js'

/** A condition that never looks at the metric's value. */
export const alertWithoutValue: Rule = {
  code: 'alert-without-value',
  severity: 'warning',
  check({ alerts }, report) {
    for (const alert of alerts) {
      if (columnsOf(alert.when).includes('value')) continue
      report({
        message: `alert ${alert.name}: its condition does not mention value: it is always or never true`,
        span: alert.span,
        fix: 'compare the metric: when: value > 0.05',
      })
    }
  },
}
