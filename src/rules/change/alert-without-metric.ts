import type { ChangeRule } from './changeRule.js'

/** An alert whose metric is gone: it went with it, or watches something else now. */
export const alertWithoutMetric: ChangeRule = {
  code: 'alert-without-metric',
  severity: 'warning',
  check: ({ before, after, top }, report) => {
    for (const alert of before.alerts ?? []) {
      if (after.metrics.some(({ name }) => name === alert.metric)) continue
      const now = after.alerts.find(({ name }) => name === alert.name)
      report({
        message: `alert ${alert.name} has lost its metric ${alert.metric}${now ? ` and watches ${now.metric} instead` : ' and goes with it'}`,
        span: now?.span ?? top,
        fix: now ? 'make sure that its condition fits the other metric' : 'let it watch the metric that replaces it',
      })
    }
  },
}
