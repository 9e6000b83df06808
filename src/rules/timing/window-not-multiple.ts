import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** Flink's HOP takes only windows that are a whole number of refreshes. */
export const windowNotMultiple: Rule = {
  code: 'window-not-multiple',
  severity: 'error',
  check: eachMetric(({ metric, model }, report) => {
    const { window, refreshMs } = metric
    if (metric.tier !== 1 || !model.target.flink || window.kind !== 'trailing') return
    if (window.ms % refreshMs === 0) return
    report({
      message: `metric ${metric.name}: Flink needs a window that is a whole number of refreshes, and ${duration(window.ms)} is ${(window.ms / refreshMs).toFixed(2)} × ${duration(refreshMs)}`,
      span: spanOf(metric, 'refresh', 'window'),
      fix: `use window: ${duration(Math.ceil(window.ms / refreshMs) * refreshMs)}, or a refresh that divides ${duration(window.ms)}`,
    })
  }),
}
