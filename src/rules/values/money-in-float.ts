import { bare, nodes } from '../expressions.js'
import { eachMetric, type Rule, spanOf } from '../rule.js'

const currencies = new Set([...Intl.supportedValuesOf('currency'), '€', '$', '£', '¥'])

/** A sum of money over binary floating point. */
export const moneyInFloat: Rule = {
  code: 'money-in-float',
  severity: 'warning',
  check: eachMetric(({ metric }, report) => {
    if (!metric.unit || !currencies.has(metric.unit)) return
    const floats = new Set<string>()
    for (const node of nodes(metric.measure)) {
      if (node.kind !== 'aggregate' || (node.fn !== 'sum' && node.fn !== 'avg')) continue
      for (const inner of nodes(node.argument)) {
        if (inner.kind === 'column' && bare(inner.column).kind === 'float') floats.add(inner.name)
      }
    }
    for (const name of floats) {
      report({
        message: `metric ${metric.name}: money (${metric.unit}) from ${name}, a float: cents are rounded, and the sum depends on the order of the events`,
        span: spanOf(metric, 'measure'),
        fix: `declare ${name} as Decimal(18, 2), whose sums are exact`,
      })
    }
  }),
}
