import { windowMs } from '../../compile/buckets.js'
import { limits } from '../limits.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { count, duration, windowText } from '../text.js'

/** A sub-second metric over a long window: each refresh merges, or each event enters, window ÷ refresh buckets. */
export const tier1Window: Rule = {
  code: 'tier1-window',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    const length = windowMs(metric.window)
    if (metric.tier !== 1 || length <= limits.tier1WindowMs) return
    report({
      message:
        `metric ${metric.name}: tier 1 with a window of ${windowText(metric.window)}: ` +
        `${count(length / metric.refreshMs)} refreshes long, so one refresh hardly moves the value`,
      span: spanOf(metric, 'window'),
      fix: `use tier: 2, or a window of at most ${duration(limits.tier1WindowMs)}`,
    })
  }),
}
