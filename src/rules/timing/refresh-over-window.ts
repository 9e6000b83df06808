import { windowMs } from '../../compile/buckets.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration, windowText } from '../text.js'

/** A refresh longer than the window: events between two windows are never shown. */
export const refreshOverWindow: Rule = {
  code: 'refresh-over-window',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    if (metric.refreshMs <= windowMs(metric.window)) return
    report({
      message:
        `metric ${metric.name}: refresh ${duration(metric.refreshMs)} is longer than the window of ` +
        `${windowText(metric.window)}: events between two windows are never shown`,
      span: spanOf(metric, 'refresh', 'window'),
      fix: `refresh at least every ${windowText(metric.window)}, or make the window as long as the refresh`,
    })
  }),
}
