import { finestNeeded } from '../../compile/buckets.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration, windowText } from '../text.js'

/** Window and refresh that no bucket of a rollup divides: only raw events could answer, and they are never asked. */
export const noCommonBucket: Rule = {
  code: 'no-common-bucket',
  severity: 'error',
  check: eachMetric(({ metric }, report) => {
    if (finestNeeded(metric) !== undefined) return
    report({
      message:
        `metric ${metric.name}: no bucket of 50ms or more divides window ` +
        `${windowText(metric.window)}, refresh ${duration(metric.refreshMs)} and 15m: it would have to read raw events`,
      span: spanOf(metric, 'refresh', 'window'),
      fix: 'use whole multiples of 100ms for both, such as 250ms with 1s, or 5s with 5m',
    })
  }),
}
