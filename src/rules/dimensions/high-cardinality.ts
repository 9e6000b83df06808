import type { ColumnType } from '../../model/columnType.js'
import type { Source } from '../../model/model.js'
import { bare } from '../bare.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'

/** A dimension with about as many values as there are events. */
export const highCardinality: Rule = {
  code: 'high-cardinality',
  severity: 'warning',
  check: eachMetric(({ metric, source }, report) => {
    const found = metric.by.flatMap(name => {
      const reason = manyValues(source, name)
      return reason ? { name, reason: `dimension ${name} ${reason}` } : []
    })
    if (found.length === 0) return
    const names = found.map(({ name }) => name).join(' and ')
    report({
      message: `metric ${metric.name}: ${found.map(({ reason }) => reason).join(', ')}: each bucket keeps one row a value, up to one an event`,
      span: spanOf(metric, 'by'),
      fix: `leave ${names} out of by, count the values with uniq(…), or declare a type of few values such as LowCardinality(String)`,
    })
  }),
}

/** Why a column probably has many values; undefined where it has few. */
function manyValues(source: Source, name: string): string | undefined {
  if (name === source.id) return 'is the unique id of its source'
  const column = source.columns.find(candidate => candidate.name === name)
  return column && ofType(bare(column.type))
}

function ofType(type: ColumnType): string | undefined {
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
