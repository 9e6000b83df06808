import { eachMetric, type Rule } from '../rule.js'

/** A metric that somebody needs within a second, and nobody is told about. */
export const tier1NoAlert: Rule = {
  code: 'tier1-no-alert',
  severity: 'warning',
  check: eachMetric(({ metric, model }, report) => {
    if (metric.tier !== 1 || model.alerts.some(alert => alert.metric === metric.name)) return
    report({
      message: `metric ${metric.name}: tier 1 and no alert: sub-second numbers are for acting on, and no one watches all day`,
      span: metric.span,
      fix: `add an alert with metric: ${metric.name}, or use tier: 2`,
    })
  }),
}
