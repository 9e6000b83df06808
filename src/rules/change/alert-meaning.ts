import type { Metric } from '../../model/model.js'
import { type ChangeRule, keptMetrics } from './changeRule.js'
import { type StandingMetric, standingMetric } from './standing.js'

const keys = ['measure', 'where', 'window', 'unit'] as const

/** An alert whose threshold was chosen for another definition of its metric. */
export const alertMeaning: ChangeRule = {
  code: 'alert-meaning',
  severity: 'warning',
  check: (reviewed, report) => {
    for (const { was, metric } of keptMetrics(reviewed)) {
      const changed = changedKeys(was, metric)
      if (changed.length === 0) continue
      for (const alert of reviewed.after.alerts.filter(({ metric: watched }) => watched === metric.name))
        report({
          message: `alert ${alert.name}: its threshold was chosen before ${changed.join(' and ')} of metric ${metric.name} changed`,
          span: alert.span,
          fix: 'look at the new values before you trust it',
        })
    }
  },
}

/** What is not known of the old definition has not changed. */
function changedKeys(was: StandingMetric, metric: Metric): string[] {
  const is = standingMetric(metric)
  return keys.filter(key => was[key] !== is[key] && (key === 'window' || was.measure !== undefined))
}
