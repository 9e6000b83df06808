import type { AggregateExpr, MeasureExpr, RowExpr, ValueType } from '../model/expr.js'
import type { Metric } from '../model/model.js'
import type { ReadExpr, State } from '../model/rollup.js'
import { conjunction, makeState, present } from './state.js'

/** A metric taken apart: the states it needs, and how they become its value. */
export interface Lowered {
  readonly value: ReadExpr
  readonly states: readonly State[]
}

const float: ValueType = { base: 'float', nullable: true }

/** Splits a measure into mergeable states and arithmetic over them: no average of averages, no ratio of ratios. */
export function lower(metric: Metric): Lowered {
  const states = new Map<string, State>()
  const read = (state: State, type: ValueType, level?: number): ReadExpr => {
    states.set(state.name, state)
    return { kind: 'state', state: state.name, fn: state.fn, type, ...(level !== undefined && { level }) }
  }
  const aggregate = (expr: AggregateExpr): ReadExpr => {
    const filter = conjunction([metric.where, expr.filter, expr.argument && present(expr.argument)])
    const count = () => read(makeState('count', undefined, filter), { base: 'int', nullable: false })
    switch (expr.fn) {
      case 'count':
        return count()
      case 'avg':
        return divide(read(makeState('sum', expr.argument, filter), sumType(expr.argument)), count())
      case 'sum':
        return read(makeState('sum', expr.argument, filter), sumType(expr.argument))
      default:
        return read(makeState(expr.fn, expr.argument, filter), expr.type, expr.level)
    }
  }
  const walk = (expr: MeasureExpr): ReadExpr => {
    switch (expr.kind) {
      case 'aggregate':
        return aggregate(expr)
      case 'number':
        return { kind: 'number', text: expr.text, type: expr.type }
      case 'negate':
        return { kind: 'negate', operand: walk(expr.operand), type: expr.type }
      case 'arithmetic':
        return { kind: 'arithmetic', op: expr.op, left: walk(expr.left), right: walk(expr.right), type: expr.type }
      case 'perSecond':
        return divide(walk(expr.operand), { kind: 'number', text: String(windowSeconds(metric)), type: float })
    }
  }
  const value = walk(metric.measure)
  return { value, states: [...states.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

const divide = (left: ReadExpr, right: ReadExpr): ReadExpr => ({
  kind: 'arithmetic',
  op: '/',
  left,
  right,
  type: float,
})

const sumType = (argument: RowExpr | undefined): ValueType => ({
  base: argument?.type.base === 'decimal' || argument?.type.base === 'float' ? argument.type.base : 'int',
  nullable: false,
  ...(argument?.type.scale !== undefined && { scale: argument.type.scale }),
})

function windowSeconds(metric: Metric): number {
  if (metric.window.kind !== 'trailing') throw new Error(`metric ${metric.name}: per_second needs a trailing window`)
  return metric.window.ms / 1000
}
