import { aggregatesOf } from '../../expr/walk.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'
import { onFlink } from '../waiting.js'

/** What Flink SQL cannot compute for a metric of tier 1: the job would be refused when it is submitted. */
export const flinkAggregate: Rule = {
  code: 'flink-aggregate',
  severity: 'error',
  check: eachMetric(({ metric, source, model }, report) => {
    if (!onFlink(metric, model.target)) return
    const fn = aggregatesOf(metric.measure).find(({ fn }) => fn === 'first' || fn === 'last')?.fn
    if (fn)
      report({
        message: `metric ${metric.name}: Flink cannot compute ${fn}() in hopping windows`,
        span: spanOf(metric, 'measure'),
        fix: 'use tier: 2 for it, or min(), max() or avg()',
      })
    if (metric.window.kind === 'calendar')
      report({
        message: `metric ${metric.name}: Flink computes trailing windows here, not the ${metric.window.unit} so far`,
        span: spanOf(metric, 'window'),
        fix: 'use tier: 2 for it, or a trailing window such as 1s',
      })
    // A topic that others fill holds their events as they are, nested fields and all.
    const nested = source.format === undefined ? undefined : source.columns.find(column => column.from !== undefined)
    if (nested)
      report({
        message: `metric ${metric.name}: Flink reads the fields of topic ${source.topic} at the top level, and column ${nested.name} is nested`,
        span: nested.span,
        fix: 'use tier: 2 for the metric, or leave out `format` where only ingest fills the topic',
      })
  }),
}
