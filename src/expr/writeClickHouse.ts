import type { RowExpr } from '../model/expr.js'
import { isSafeDivisor } from './arithmetic.js'
import { commonType, type Exact, exactOf, STRING, timeScale } from './exactType.js'
import { fitting } from './fitting.js'
import { at, type Fragment, infix, LEVEL, not, operandOf, predicate, primary, signed } from './fragment.js'
import { literalNumber } from './literal.js'
import { castClickHouse, identifier, numberClickHouse, textClickHouse, valueClickHouse } from './valuesClickHouse.js'

/** How a column is written; a backquoted identifier unless told otherwise. */
export type ColumnWriter = (name: string) => string

/**
 * A row expression in ClickHouse's SQL. It never throws for any value of its columns: operands are widened before
 * arithmetic, and a divisor of zero yields null. Its type is `expr.type.exact`, Nullable where `expr.type.nullable`
 * (or not, where no null came in); a condition may be UInt8, and text LowCardinality.
 */
export function writeRowClickHouse(expr: RowExpr, column: ColumnWriter = identifier): string {
  return writer(column)(expr).text
}

type Write = (expr: RowExpr) => Fragment

function writer(column: ColumnWriter): Write {
  const write: Write = expr => {
    switch (expr.kind) {
      case 'column':
        return expr.column.kind === 'enum' || exactOf(expr.type)?.kind === 'enum'
          ? primary(`toString(${column(expr.name)})`)
          : primary(column(expr.name))
      case 'string':
        return primary(valueClickHouse(expr.value, exactOf(expr.type)))
      case 'number':
        return primary(numberClickHouse(expr.text, exactOf(expr.type)))
      case 'bool':
        return primary(String(expr.value))
      case 'null':
        return primary('NULL')
      case 'not':
        return { text: `NOT ${at(write(expr.operand), LEVEL.not, true)}`, level: LEVEL.not }
      case 'and':
      case 'or':
        return infix(write(expr.left), expr.kind.toUpperCase(), write(expr.right), LEVEL[expr.kind])
      case 'isNull':
        return predicate(`${operandOf(write(expr.operand))} IS ${expr.negated ? 'NOT ' : ''}NULL`)
      case 'like':
        return predicate(`${operandOf(write(expr.operand))} ${not(expr)}LIKE ${textClickHouse(expr.pattern)}`)
      case 'negate':
        return negation(expr, write)
      case 'arithmetic':
        return arithmetic(expr, write)
      case 'compare':
        return comparison(expr, write, column)
      case 'between':
        return between(expr, write)
      case 'in':
        return membership(expr, write, column)
      case 'case':
        return cases(expr, write)
      case 'call':
        return call(expr, write)
    }
  }
  return write
}

type Of<K extends RowExpr['kind']> = Extract<RowExpr, { kind: K }>

/** The expression as a value of `to`: literals are written as such, others cast where they are something else. */
function writeAs(expr: RowExpr, to: Exact | undefined, write: Write): Fragment {
  if (to === undefined || expr.kind === 'null') return write(expr)
  const literal = literalNumber(expr)
  if (literal !== undefined) return signed(numberClickHouse(literal, to))
  const written = write(expr)
  const cast = expr.kind === 'string' ? undefined : castClickHouse(written.text, exactOf(expr.type), to)
  return cast === undefined ? written : primary(cast)
}

/** As `writeAs`, but a literal too gets the very type, where nothing beside it would widen it. */
function operandAs(expr: RowExpr, to: Exact | undefined, write: Write): Fragment {
  const literal = literalNumber(expr)
  if (literal === undefined || to?.kind !== 'int') return writeAs(expr, to, write)
  const text = numberClickHouse(literal, to)
  const cast = castClickHouse(text, exactOf(expr.type), to)
  return cast === undefined ? signed(text) : primary(cast)
}

function negation(expr: Of<'negate'>, write: Write): Fragment {
  const literal = literalNumber(expr)
  const exact = exactOf(expr.type)
  if (literal !== undefined) return signed(numberClickHouse(literal, exact))
  return { text: `-${at(operandAs(expr.operand, exact, write), LEVEL.unary, true)}`, level: LEVEL.unary }
}

function arithmetic(expr: Of<'arithmetic'>, write: Write): Fragment {
  const { op, left, right } = expr
  const result = exactOf(expr.type)
  const to = result?.kind === 'decimal' ? undefined : result
  if (op === '/') {
    const divisor = writeAs(right, result, write)
    const safe = isSafeDivisor(right) ? divisor : primary(`nullIf(${divisor.text}, 0)`)
    return infix(writeAs(left, result, write), '/', safe, LEVEL['/'])
  }
  if (op === '%') {
    const [value, divisor] = [operandAs(left, to, write), operandAs(right, to, write)]
    if (isSafeDivisor(right)) return infix(value, '%', divisor, LEVEL['%'])
    return primary(`moduloOrNull(${value.text}, ${divisor.text})`)
  }
  if (result?.kind === 'decimal') return decimalArithmetic(expr, result, write)
  const first = literalNumber(right) === undefined ? writeAs(left, to, write) : operandAs(left, to, write)
  return infix(first, op, writeAs(right, to, write), LEVEL[op])
}

/** Both sides get the result's width; a product adds up the scales by itself, the others need the same. */
function decimalArithmetic(expr: Of<'arithmetic'>, result: Exact & { kind: 'decimal' }, write: Write): Fragment {
  const side = (operand: RowExpr): Fragment => {
    const exact = exactOf(operand.type)
    const own = exact?.kind === 'decimal' ? exact.scale : 0
    return writeAs(operand, { ...result, scale: expr.op === '*' ? own : result.scale }, write)
  }
  return infix(side(expr.left), expr.op, side(expr.right), LEVEL[expr.op])
}

const OPERATORS = { '=': '=', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const

function comparison(expr: Of<'compare'>, write: Write, column: ColumnWriter): Fragment {
  const { left, right, op } = expr
  const side = (one: RowExpr, other: RowExpr): string => {
    if (isEnumMember(one, other) || isEnumMember(other, one)) return enumOperand(one, column)
    return operandOf(writeAs(one, meeting([left, right]), write))
  }
  return predicate(`${side(left, right)} ${OPERATORS[op]} ${side(right, left)}`)
}

/** A member of an enum beside its column: compared as numbers by ClickHouse, without making text of every row. */
function isEnumMember(literal: RowExpr, of: RowExpr): boolean {
  return literal.kind === 'string' && exactOf(literal.type)?.kind === 'enum' && of.kind === 'column'
}

function enumOperand(expr: RowExpr, column: ColumnWriter): string {
  if (expr.kind === 'column') return column(expr.name)
  return expr.kind === 'string' ? textClickHouse(expr.value) : ''
}

/**
 * The type that compared values are cast to; undefined where ClickHouse compares them exactly as they are: integers of
 * any width, integers with floats, and times with literals. Decimals of different scales would overflow and throw.
 */
function meeting(exprs: readonly RowExpr[]): Exact | undefined {
  const exacts = exprs.flatMap(expr => exactOf(expr.type) ?? [])
  if (exacts.every(exact => exact.kind === 'int' || exact.kind === 'float')) return undefined
  const computed = exprs
    .filter(expr => expr.kind !== 'string' && literalNumber(expr) === undefined)
    .map(expr => exactOf(expr.type)!)
  const time = computed.every(exact => exact.kind === 'datetime' || exact.kind === 'datetime64')
  if (time && computed.length < exprs.length && new Set(computed.map(exact => JSON.stringify(exact))).size === 1)
    return undefined
  const decimal = computed.find(exact => exact.kind === 'decimal')
  if (decimal && exprs.every(expr => staysIn(decimal, expr))) return decimal
  const common = exacts.reduce((a, b) => commonType(a, b) ?? a)
  return common.kind === 'enum' ? STRING : common
}

/** Whether the expression is of that very decimal type, or a literal that it holds: a column is then compared as it is. */
function staysIn(decimal: Exact, expr: RowExpr): boolean {
  const literal = literalNumber(expr)
  if (literal !== undefined) return fitting(literal, decimal) !== undefined
  return JSON.stringify(exactOf(expr.type)) === JSON.stringify(decimal)
}

function between(expr: Of<'between'>, write: Write): Fragment {
  const { operand, low, high } = expr
  const to = meeting([operand, low, high])
  const [value, from, until] = [operand, low, high].map(one => operandOf(writeAs(one, to, write)))
  const within = `${value} BETWEEN ${from} AND ${until}`
  // ClickHouse's own NOT BETWEEN is false for NaN, where BETWEEN is false too.
  return expr.negated ? { text: `NOT (${within})`, level: LEVEL.not } : predicate(within)
}

/** Literals that no value of the operand's type can equal are left out: they would throw, or match by wrapping. */
function membership(expr: Of<'in'>, write: Write, column: ColumnWriter): Fragment {
  const { operand, list, negated } = expr
  const set = setType(operand, list)
  const enumColumn = set?.kind === 'enum' && operand.kind === 'column'
  const value = enumColumn ? column(operand.name) : operandOf(writeAs(operand, set, write))
  const items = list.flatMap(item => listItem(item, set) ?? [])
  if (items.length > 0) return predicate(`${value} ${not(expr)}IN (${items.join(', ')})`)
  const never = operand.type.nullable ? `(${value} IS NULL AND NULL)` : 'false'
  return negated ? { text: `NOT ${never}`, level: LEVEL.not } : primary(never)
}

/** A set holds one type: the operand's, but for times one that has the literals' milliseconds. */
function setType(operand: RowExpr, list: readonly RowExpr[]): Exact | undefined {
  const exact = exactOf(operand.type)
  if (exact === undefined || (operand.type.base !== 'date' && operand.type.base !== 'datetime')) return exact
  if (exact.kind === 'date' && list.every(item => item.type.base === 'date')) return exact
  return { kind: 'datetime64', precision: Math.max(3, timeScale(exact)) }
}

function listItem(item: RowExpr, set: Exact | undefined): string | undefined {
  if (item.kind === 'string') return valueClickHouse(item.value, set)
  if (item.kind === 'bool') return String(item.value)
  const text = literalNumber(item)
  return text === undefined || set === undefined ? undefined : fitting(text, set)
}

function cases(expr: Of<'case'>, write: Write): Fragment {
  const exact = exactOf(expr.type)
  const result = (branch: RowExpr): string => writeAs(branch, exact, write).text
  const branches = expr.branches.flatMap(({ when, then }) => [write(when).text, result(then)])
  return primary(`multiIf(${[...branches, expr.otherwise ? result(expr.otherwise) : 'NULL'].join(', ')})`)
}

const FUNCTIONS = {
  abs: 'abs',
  round: 'round',
  floor: 'floor',
  ceil: 'ceil',
  lower: 'lowerUTF8',
  upper: 'upperUTF8',
  length: 'lengthUTF8',
  coalesce: 'coalesce',
} as const

function call(expr: Of<'call'>, write: Write): Fragment {
  const exact = exactOf(expr.type)
  const argument = (arg: RowExpr, i: number): string => {
    if (expr.fn === 'coalesce') return operandAs(arg, exact, write).text
    const widened = i === 0 && (exact?.kind === 'decimal' || exact?.kind === 'float')
    return (widened ? writeAs(arg, exact, write) : write(arg)).text
  }
  return primary(`${FUNCTIONS[expr.fn]}(${expr.args.map(argument).join(', ')})`)
}
