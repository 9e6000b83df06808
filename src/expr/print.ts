import type { AggregateExpr, MeasureExpr, RowExpr } from '../model/expr.js'
import { at, type Fragment, LEVEL, type Level, primary } from './fragment.js'

const RESERVED = new Set('and or not in between like is null true false case when then else end'.split(' '))

/** A row expression as canonical text: minimal parentheses, one spelling. Parsing it gives the same tree. */
export function printRow(expr: RowExpr): string {
  return row(expr).text
}

/** A measure as canonical text. */
export function printMeasure(expr: MeasureExpr): string {
  return measure(expr).text
}

function row(expr: RowExpr): Fragment {
  switch (expr.kind) {
    case 'column':
      return primary(printColumn(expr.name))
    case 'string':
      return primary(printText(expr.value))
    case 'number':
      return primary(expr.text)
    case 'bool':
      return primary(String(expr.value))
    case 'null':
      return primary('null')
    case 'negate':
      return prefix('-', row(expr.operand), LEVEL.unary, LEVEL.primary)
    case 'not':
      return prefix('not ', row(expr.operand), LEVEL.not, LEVEL.not)
    case 'and':
    case 'or':
      return infix(row(expr.left), expr.kind, row(expr.right), LEVEL[expr.kind])
    case 'arithmetic':
      return infix(row(expr.left), expr.op, row(expr.right), LEVEL[expr.op])
    case 'case':
      return primary(printCase(expr))
    case 'call':
      return primary(`${expr.fn}(${expr.args.map(printRow).join(', ')})`)
    default:
      return { text: predicate(expr), level: LEVEL.predicate }
  }
}

type Predicate = Extract<RowExpr, { kind: 'compare' | 'in' | 'between' | 'like' | 'isNull' }>

function predicate(expr: Predicate): string {
  const inner = (child: RowExpr): string => at(row(child), LEVEL['+'])
  if (expr.kind === 'compare') return `${inner(expr.left)} ${expr.op} ${inner(expr.right)}`
  const operand = inner(expr.operand)
  const not = expr.negated ? 'not ' : ''
  switch (expr.kind) {
    case 'in':
      return `${operand} ${not}in (${expr.list.map(printRow).join(', ')})`
    case 'between':
      return `${operand} ${not}between ${inner(expr.low)} and ${inner(expr.high)}`
    case 'like':
      return `${operand} ${not}like ${printText(expr.pattern)}`
    case 'isNull':
      return `${operand} is ${not}null`
  }
}

function printCase(expr: Extract<RowExpr, { kind: 'case' }>): string {
  const branches = expr.branches.map(({ when, then }) => `when ${printRow(when)} then ${printRow(then)}`)
  return ['case', ...branches, ...(expr.otherwise ? [`else ${printRow(expr.otherwise)}`] : []), 'end'].join(' ')
}

function measure(expr: MeasureExpr): Fragment {
  switch (expr.kind) {
    case 'aggregate':
      return primary(printAggregate(expr))
    case 'perSecond':
      return primary(`per_second(${printMeasure(expr.operand)})`)
    case 'number':
      return primary(expr.text)
    case 'negate':
      return prefix('-', measure(expr.operand), LEVEL.unary, LEVEL.primary)
    case 'arithmetic':
      return infix(measure(expr.left), expr.op, measure(expr.right), LEVEL[expr.op])
  }
}

function printAggregate({ fn, argument, level, filter }: AggregateExpr): string {
  const args = [...(level === undefined ? [] : [String(level)]), ...(argument ? [printRow(argument)] : [])]
  return `${fn}(${args.join(', ')})${filter ? ` filter (where ${printRow(filter)})` : ''}`
}

function prefix(op: string, operand: Fragment, level: Level, least: Level): Fragment {
  return { text: `${op}${at(operand, least)}`, level }
}

function infix(left: Fragment, op: string, right: Fragment, level: Level): Fragment {
  return { text: `${at(left, level)} ${op} ${at(right, level, true)}`, level }
}

function printColumn(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase())
  return plain ? name : `"${name.replaceAll('"', '""')}"`
}

function printText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
