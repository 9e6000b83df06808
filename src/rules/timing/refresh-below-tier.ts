import { refreshOfTier } from '../limits.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** A refresh faster than the tier's floor. */
export const refreshBelowTier: Rule = {
  code: 'refresh-below-tier',
  severity: 'error',
  check: eachMetric(({ metric }, report) => {
    const { floor } = refreshOfTier[metric.tier]
    if (metric.refreshMs >= floor) return
    const faster = metric.tier === 1 ? '' : `, or tier: ${metric.refreshMs < refreshOfTier[2].floor ? 1 : 2}`
    report({
      message: `metric ${metric.name}: refresh ${duration(metric.refreshMs)} is below the floor of tier ${metric.tier}, ${duration(floor)}`,
      span: spanOf(metric, 'refresh', 'tier'),
      fix: `use refresh: ${duration(floor)} or slower${faster}`,
    })
  }),
}
