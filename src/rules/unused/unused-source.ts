import { eachSource, type Rule } from '../rule.js'

/** A source that no metric reads. */
export const unusedSource: Rule = {
  code: 'unused-source',
  severity: 'warning',
  check: eachSource((source, { metrics }, report) => {
    if (metrics.some(metric => metric.source === source.name)) return
    report({
      message: `source ${source.name}: no metric reads it, yet its events are taken in and stored`,
      span: source.span,
      fix: `add a metric with source: ${source.name}, or remove the source`,
    })
  }),
}
