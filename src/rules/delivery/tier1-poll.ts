import { eachMetric, type Rule, spanOf } from '../rule.js'
import { count } from '../text.js'

/** A sub-second metric that viewers ask for again and again instead of being sent it. */
export const tier1Poll: Rule = {
  code: 'tier1-poll',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    if (metric.tier !== 1 || metric.deliver !== 'poll') return
    report({
      message: `metric ${metric.name}: tier 1 by polling: 1,000 viewers make ${count((1000 * 1000) / metric.refreshMs)} requests/s for what one push delivers`,
      span: spanOf(metric, 'deliver'),
      fix: 'use deliver: ws',
    })
  }),
}
