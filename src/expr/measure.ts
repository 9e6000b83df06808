import type { ColumnType } from '../model/columnType.js'
import type { AggregateExpr, MeasureExpr, RowExpr } from '../model/expr.js'
import { AGGREGATES, aggregateNamed } from './aggregates.js'
import { ROW_FUNCTION_NAMES } from './calls.js'
import type { Report } from './errors.js'
import { arithmeticType, exactOf, FLOAT, isNumeric, negatedType, valueType } from './exactType.js'
import { numberType } from './literal.js'
import { type Scope, typeCondition, typeRow } from './row.js'
import { didYouMean } from './suggest.js'
import type { SyntaxNode, SyntaxOf } from './syntax.js'
import { describe } from './unify.js'

type Columns = ReadonlyMap<string, ColumnType>
type Call = SyntaxOf<'call'>

const FIX = 'write an aggregate around it, such as sum(…), or count() filter (where …)'

/** Types what a metric measures: arithmetic between aggregates; undefined after reporting every finding. */
export function typeMeasure(node: SyntaxNode, columns: Columns, report: Report): MeasureExpr | undefined {
  switch (node.kind) {
    case 'number': {
      const exact = numberType(node.text, false)
      if (!exact) return report('type-mismatch', 'the number is too large', node)
      return { kind: 'number', text: node.text, type: valueType(exact, false) }
    }
    case 'negate': {
      const operand = numeric(node.operand, columns, report)
      if (!operand) return undefined
      const literal = operand.kind === 'number' ? numberType(operand.text, true) : undefined
      return {
        kind: 'negate',
        operand,
        type: valueType(literal ?? negatedType(exactOf(operand.type)!), operand.type.nullable),
      }
    }
    case 'arithmetic':
      return typeArithmetic(node, columns, report)
    case 'call':
      return typeCall(node, columns, report)
    case 'column':
      return report(
        'missing-aggregate',
        `"${node.name}" is a value of one event, a measure is one number for many`,
        node,
        FIX,
      )
    default:
      return report('missing-aggregate', 'a measure is arithmetic between aggregates', node, FIX)
  }
}

function numeric(node: SyntaxNode, columns: Columns, report: Report): MeasureExpr | undefined {
  const measure = typeMeasure(node, columns, report)
  const exact = measure && exactOf(measure.type)
  if (!measure || (exact && isNumeric(exact))) return measure
  return report('type-mismatch', `a number is needed here, this is ${describe(exact)}`, node)
}

function typeArithmetic(node: SyntaxOf<'arithmetic'>, columns: Columns, report: Report): MeasureExpr | undefined {
  const left = numeric(node.left, columns, report)
  const right = numeric(node.right, columns, report)
  const { op } = node
  if (op === '%') return report('type-mismatch', '% stands inside an aggregate only', node)
  if (!left || !right) return undefined
  const exact = arithmeticType(op, exactOf(left.type)!, exactOf(right.type)!)!
  const divides = op === '/' && !(right.kind === 'number' && Number(right.text) !== 0)
  const type = valueType(exact, left.type.nullable || right.type.nullable || divides)
  return { kind: 'arithmetic', op, left, right, type }
}

function typeCall(node: Call, columns: Columns, report: Report): MeasureExpr | undefined {
  if (node.name === 'per_second') return typePerSecond(node, columns, report)
  const aggregate = aggregateNamed(node.name)
  if (!aggregate) {
    if (ROW_FUNCTION_NAMES.has(node.name)) {
      return report('missing-aggregate', `${node.name}() works on single events`, node, FIX)
    }
    const fix = didYouMean(node.name, AGGREGATES) ?? `there are: ${[...AGGREGATES].join(', ')}`
    return report('unknown-function', `no aggregate "${node.name}"`, { start: node.start, end: node.nameEnd }, fix)
  }
  const { fn } = aggregate
  const [least, most] = aggregate.arity
  const filter = node.filter && typeCondition(node.filter, { columns, place: 'where', report })
  if (node.args.length < least || node.args.length > most)
    return report('wrong-arguments', usage(fn, node.args.length), node)
  const scope: Scope = { columns, place: 'argument', report }
  const level = fn === 'quantile' ? quantileLevel(node.args[0]!, report) : undefined
  const last = node.args.at(-1)
  const argument = last && typeRow(last, scope)
  if ((last && !argument) || (node.filter && !filter) || (fn === 'quantile' && level === undefined)) return undefined
  const type = last && argument!.type.base === 'null' ? undefined : aggregate.result(argument && exactOf(argument.type))
  if (!type) {
    const message = `${fn}() takes ${aggregate.takes}, this is ${describe(exactOf(argument!.type))}`
    const fix =
      argument!.type.base === 'bool' ? 'count() filter (where …) counts the events for which it holds' : undefined
    return report('type-mismatch', message, last!, fix)
  }
  return aggregateExpr(fn, argument, level, filter, type)
}

function aggregateExpr(
  fn: AggregateExpr['fn'],
  argument: RowExpr | undefined,
  level: number | undefined,
  filter: RowExpr | undefined,
  type: AggregateExpr['type'],
): AggregateExpr {
  return {
    kind: 'aggregate',
    fn,
    ...(argument ? { argument } : {}),
    ...(level === undefined ? {} : { level }),
    ...(filter ? { filter } : {}),
    type,
  }
}

function usage(fn: string, given: number): string {
  if (fn === 'count') return `count() takes at most one argument, not ${given}`
  return fn === 'quantile' ? 'quantile(0.99, x) takes a level and a value' : `${fn}() takes one argument, not ${given}`
}

function quantileLevel(node: SyntaxNode, report: Report): number | undefined {
  const level = node.kind === 'number' ? Number(node.text) : Number.NaN
  if (level > 0 && level < 1) return level
  return report(
    'quantile-level',
    'the level of a quantile is a number between 0 and 1, both excluded',
    node,
    'write quantile(0.99, x)',
  )
}

/** `per_second(measure)`: that its window is a trailing one is checked where windows are known. */
function typePerSecond(node: Call, columns: Columns, report: Report): MeasureExpr | undefined {
  if (node.filter) report('wrong-arguments', 'the filter belongs to the aggregate inside per_second()', node.filter)
  if (node.args.length !== 1) {
    return report('wrong-arguments', `per_second() takes one argument, not ${node.args.length}`, node)
  }
  const operand = numeric(node.args[0]!, columns, report)
  if (!operand || node.filter) return undefined
  if (hasPerSecond(operand)) return report('nested-aggregate', 'per_second() cannot stand inside per_second()', node)
  return { kind: 'perSecond', operand, type: valueType(FLOAT, operand.type.nullable) }
}

function hasPerSecond(measure: MeasureExpr): boolean {
  if (measure.kind === 'negate') return hasPerSecond(measure.operand)
  if (measure.kind === 'arithmetic') return hasPerSecond(measure.left) || hasPerSecond(measure.right)
  return measure.kind === 'perSecond'
}
