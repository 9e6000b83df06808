import { spanOf } from '../rule.js'
import type { ChangeRule } from './changeRule.js'
import { type StandingMetric, standingMetric } from './standing.js'

/** A metric that is gone or has another name: whoever asks for the old one gets nothing. */
export const metricRemoved: ChangeRule = {
  code: 'metric-removed',
  severity: 'warning',
  check: ({ before, after, top }, report) => {
    const old = new Set(before.metrics.map(({ name }) => name))
    const added = after.metrics.filter(({ name }) => !old.has(name))
    for (const metric of before.metrics) {
      if (after.metrics.some(({ name }) => name === metric.name)) continue
      const renamed = added.find(candidate => meaning(standingMetric(candidate)) === meaning(metric))
      report({
        message: renamed
          ? `metric ${metric.name} is now ${renamed.name}: viewers that ask for the old name get nothing`
          : `metric ${metric.name} is gone: viewers that ask for it get nothing`,
        span: renamed ? spanOf(renamed) : top,
        fix: renamed
          ? 'declare it under both names until all have moved; it costs nothing more'
          : 'tell those who watch it first',
      })
    }
  },
}

/** Equal for the same metric under two names; where the old measure is not known, for none. */
const meaning = ({ source, measure, where, window, by }: StandingMetric): string =>
  JSON.stringify([source, measure ?? {}, where ?? null, window, by])
