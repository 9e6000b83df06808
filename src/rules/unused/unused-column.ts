import { columnsOf } from '../../expr/walk.js'
import type { Metric, Source } from '../../model/model.js'
import { eachSource, type Rule } from '../rule.js'

/** A column that no metric reads. A source without any metric is `unused-source`'s finding. */
export const unusedColumn: Rule = {
  code: 'unused-column',
  severity: 'warning',
  check: eachSource((source, { metrics }, report) => {
    const readers = metrics.filter(metric => metric.source === source.name)
    if (readers.length === 0) return
    const used = usedColumns(source, readers)
    for (const column of source.columns) {
      if (used.has(column.name)) continue
      report({
        message: `source ${source.name}: no metric reads column ${column.name}, yet it is parsed and stored`,
        span: column.span,
        fix: `use ${column.name} in a metric, or remove it; fields without a column are ignored and counted`,
      })
    }
  }),
}

function usedColumns(source: Source, metrics: readonly Metric[]): Set<string | undefined> {
  const used = new Set<string | undefined>([source.timestamp, source.key, source.id])
  for (const metric of metrics) {
    for (const name of metric.by) used.add(name)
    for (const name of columnsOf(metric.measure)) used.add(name)
    if (metric.where) for (const name of columnsOf(metric.where)) used.add(name)
  }
  return used
}
