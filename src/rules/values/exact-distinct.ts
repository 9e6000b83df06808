import { windowMs } from '../../compile/buckets.js'
import { aggregatesOf } from '../../expr/walk.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { count, windowText } from '../text.js'

/** Distinct values of one window that a state may have to hold before it is a burden: 8 MB of 64-bit hashes. */
const manyValues = 1_000_000

/** An exact distinct count whose states keep every value of a long or busy window. */
export const exactDistinct: Rule = {
  code: 'exact-distinct',
  severity: 'warning',
  check: eachMetric(({ metric, source }, report) => {
    const exact = aggregatesOf(metric.measure).some(aggregate => aggregate.fn === 'uniq_exact')
    const events = ((source.eventsPerSecond ?? 0) * windowMs(metric.window)) / 1000
    if (!exact || events <= manyValues) return
    report({
      message: `metric ${metric.name}: uniq_exact keeps every distinct value of ${windowText(metric.window)}, of up to ${count(events)} events, and each refresh merges them`,
      span: spanOf(metric, 'measure'),
      fix: 'use uniq(…), within 1 % of it from a few kilobytes, or a shorter window',
    })
  }),
}
