import { aggregatesOf, columnsOf } from '../../expr/walk.js'
import type { Metric, Source } from '../../model/model.js'
import { bare } from '../bare.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'

const currencies = new Set([...Intl.supportedValuesOf('currency'), '€', '$', '£', '¥'])

/** A sum of money over binary floating point. */
export const moneyInFloat: Rule = {
  code: 'money-in-float',
  severity: 'warning',
  check: eachMetric(({ metric, source }, report) => {
    if (!metric.unit || !currencies.has(metric.unit)) return
    const floats = [...summedFloats(metric, source)].join(' and ')
    if (floats === '') return
    report({
      message: `metric ${metric.name}: money (${metric.unit}) from ${floats}, in binary floating point: cents are rounded, and the sum depends on the order of the events`,
      span: spanOf(metric, 'measure'),
      fix: `declare ${floats} as Decimal(18, 2), whose sums are exact`,
    })
  }),
}

function summedFloats(metric: Metric, source: Source): Set<string> {
  const summed = aggregatesOf(metric.measure).filter(({ fn }) => fn === 'sum' || fn === 'avg')
  const read = summed.flatMap(({ argument }) => (argument ? columnsOf(argument) : []))
  const floats = source.columns.filter(({ type }) => bare(type).kind === 'float').map(({ name }) => name)
  return new Set(read.filter(name => floats.includes(name)))
}
