import { budgetMs } from '../../compile/cost.js'
import { planRollups } from '../../compile/planRollups.js'
import { type Rule, spanOf } from '../rule.js'
import { count, duration } from '../text.js'

/** A query that no choice of rollups brings inside its `sla.query`; an error where not even a quiet machine holds it. */
export const queryOverSla: Rule = {
  code: 'query-over-sla',
  severity: 'warning',
  check(model, report) {
    const metrics = new Map(model.metrics.map(metric => [metric.name, metric]))
    for (const { metric: name, estimate } of planRollups(model).readings) {
      const metric = metrics.get(name)
      if (!metric || estimate.ms <= budgetMs(metric)) continue
      const never = estimate.ms > metric.sla.queryMs
      const promised = `sla.query ${duration(metric.sla.queryMs)}`
      report({
        severity: never ? 'error' : 'warning',
        message:
          `metric ${name}: its query merges ${count(estimate.states)} states in about ${estimate.ms} ms on a quiet machine, ` +
          (never ? `more than ${promised}` : `and ${promised} at p99 on a busy one leaves ${budgetMs(metric)} ms`),
        span: spanOf(metric, 'sla.query', 'sla', 'measure'),
        fix: 'allow more in sla.query, take dimensions away, or use a shorter window or a refresh that longer buckets divide',
      })
    }
  },
}
