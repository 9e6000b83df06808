import { eachMetric, type Rule, spanOf } from '../rule.js'
import { duration } from '../text.js'

/** A watermark that holds tier 1 back for longer than a refresh: quick steps of an old number. */
export const latenessOverRefresh: Rule = {
  code: 'lateness-over-refresh',
  severity: 'warning',
  check: eachMetric(({ metric, source, model }, report) => {
    if (metric.tier !== 1 || !model.target.flink) return
    if (source.latenessMs <= Math.max(metric.refreshMs, metric.settleMs)) return
    report({
      message:
        `metric ${metric.name}: source ${source.name} waits ${duration(source.latenessMs)} for late events, ` +
        `longer than the refresh of ${duration(metric.refreshMs)}: every value is that old when it is sent`,
      span: spanOf(metric, 'refresh'),
      fix: `lower the source's lateness (default 200ms), or refresh every ${duration(source.latenessMs)}`,
    })
  }),
}
