import type { ColumnType } from '../../model/columnType.js'
import { bare } from '../bare.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'

/** A dimension with about as many values as there are events. */
export const highCardinality: Rule = {
  code: 'high-cardinality',
  severity: 'warning',
  check: eachMetric(({ metric, source }, report) => {
    for (const name of metric.by) {
      const column = source.columns.find(candidate => candidate.name === name)
      const reason = name === source.id ? 'is the unique id of its source' : column && manyValues(bare(column.type))
      if (!reason) continue
      report({
        message: `metric ${metric.name}: dimension ${name} ${reason}: each bucket keeps one row a value, up to one an event`,
        span: spanOf(metric, 'by'),
        fix: `leave ${name} out of by, count it with uniq(${name}), or give it a type of few values such as LowCardinality(String)`,
      })
    }
  }),
}

/** Why a column of this type probably has many values; undefined where it has few. */
function manyValues(type: ColumnType): string | undefined {
  switch (type.kind) {
    case 'int':
      return type.bits > 16 ? `is an integer of ${type.bits} bits` : undefined
    case 'string':
      return 'is a String of any text'
    case 'float':
    case 'decimal':
      return 'is a measured number'
    case 'uuid':
    case 'ipv4':
    case 'ipv6':
      return 'is an identifier'
    case 'datetime':
    case 'datetime64':
      return 'is a point in time'
    default:
      return undefined
  }
}
