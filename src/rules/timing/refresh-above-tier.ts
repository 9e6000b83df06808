import { refreshOfTier } from '../limits.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** A refresh so slow that the next tier gives the same numbers for less. */
export const refreshAboveTier: Rule = {
  code: 'refresh-above-tier',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    const { ceiling } = refreshOfTier[metric.tier]
    if (metric.refreshMs <= ceiling) return
    report({
      message: `metric ${metric.name}: refresh ${duration(metric.refreshMs)} is slower than tier ${metric.tier} is for (up to ${duration(ceiling)})`,
      span: spanOf(metric, 'refresh', 'tier'),
      fix: `use tier: ${metric.refreshMs <= refreshOfTier[2].ceiling ? 2 : 3}, which serves the same refresh for less`,
    })
  }),
}
