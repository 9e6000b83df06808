import type { RowExpr } from '../model/expr.js'
import { isSafeDivisor } from './arithmetic.js'
import { commonType, type Exact, exactOf, STRING } from './exactType.js'
import { flinkType } from './flinkType.js'
import { at, type Fragment, infix, LEVEL, not, operandOf, predicate, primary, signed } from './fragment.js'
import { literalNumber } from './literal.js'
import { flinkIdentifier, flinkNumber, flinkText, flinkValue } from './valuesFlink.js'

/**
 * A row expression in Flink's SQL, over columns of the types of `flinkType`. `column` writes a column's name, backquoted
 * unless told otherwise. It means what the ClickHouse text means, except that numbers beyond 38 digits become null.
 */
export function writeRowFlink(expr: RowExpr, column: (name: string) => string = flinkIdentifier): string {
  return writer(column)(expr).text
}

type Write = (expr: RowExpr) => Fragment
type Of<K extends RowExpr['kind']> = Extract<RowExpr, { kind: K }>

function writer(column: (name: string) => string): Write {
  const write: Write = expr => {
    switch (expr.kind) {
      case 'column':
        return primary(column(expr.name))
      case 'string':
        return primary(flinkValue(expr.value, exactOf(expr.type)))
      case 'number':
        return primary(flinkNumber(expr.text, exactOf(expr.type)))
      case 'bool':
        return primary(expr.value ? 'TRUE' : 'FALSE')
      case 'null':
        return primary('CAST(NULL AS BOOLEAN)')
      case 'not':
        return { text: `NOT ${at(write(expr.operand), LEVEL.not, true)}`, level: LEVEL.not }
      case 'and':
      case 'or':
        return infix(write(expr.left), expr.kind.toUpperCase(), write(expr.right), LEVEL[expr.kind])
      case 'isNull':
        return predicate(`${operandOf(write(expr.operand))} IS ${expr.negated ? 'NOT ' : ''}NULL`)
      case 'like':
        return like(expr, write)
      case 'negate':
        return negation(expr, write)
      case 'arithmetic':
        return arithmetic(expr, write)
      case 'compare': {
        const [left, right] = together([expr.left, expr.right], write)
        return predicate(`${left} ${expr.op === '!=' ? '<>' : expr.op} ${right}`)
      }
      case 'between': {
        const [value, low, high] = together([expr.operand, expr.low, expr.high], write)
        return predicate(`${value} ${not(expr)}BETWEEN ${low} AND ${high}`)
      }
      case 'in': {
        const [value, ...list] = together([expr.operand, ...expr.list], write)
        return predicate(`${value} ${not(expr)}IN (${list.join(', ')})`)
      }
      case 'case':
        return cases(expr, write)
      case 'call':
        return call(expr, write)
    }
  }
  return write
}

/** The expression as a value of `to`, cast where its Flink type is another. */
function writeAs(expr: RowExpr, to: Exact | undefined, write: Write): Fragment {
  const from = exactOf(expr.type)
  if (to === undefined) return write(expr)
  if (expr.kind === 'null') return primary(`CAST(NULL AS ${flinkType(to)})`)
  const literal = literalNumber(expr)
  if (literal !== undefined && (to.kind === 'int' || to.kind === 'float')) return signed(flinkNumber(literal, to))
  if (from === undefined || flinkType(from) === flinkType(to)) return write(expr)
  return primary(`CAST(${write(expr).text} AS ${flinkType(to)})`)
}

/** Values that are compared, as one type; numbers, and times, meet by Flink's own rules, which are exact. */
function together(exprs: readonly RowExpr[], write: Write): string[] {
  const exacts = exprs.flatMap(expr => exactOf(expr.type) ?? [])
  const common = exacts.reduce((a, b) => commonType(a, b) ?? a)
  const target = common.kind === 'enum' ? STRING : common
  const numbers = exacts.every(exact => exact.kind === 'int' || exact.kind === 'decimal')
  const times = exacts.every(exact => exact.kind === 'datetime' || exact.kind === 'datetime64')
  return exprs.map(expr => operandOf(numbers || times ? write(expr) : writeAs(expr, target, write)))
}

function negation(expr: Of<'negate'>, write: Write): Fragment {
  const literal = literalNumber(expr)
  const exact = exactOf(expr.type)
  if (literal !== undefined) return signed(flinkNumber(literal, exact))
  return { text: `-${at(writeAs(expr.operand, exact, write), LEVEL.unary, true)}`, level: LEVEL.unary }
}

/** Integers are widened first, so that they do not wrap; Flink's decimals find their own scale and precision. */
function arithmetic(expr: Of<'arithmetic'>, write: Write): Fragment {
  const { op, left, right } = expr
  const result = exactOf(expr.type)
  const to = result?.kind === 'decimal' ? undefined : result
  const divisor = writeAs(right, to, write)
  const safe = isSafeDivisor(right) ? divisor : primary(`NULLIF(${divisor.text}, ${op === '/' ? '0E0' : '0'})`)
  if (op === '%') return primary(`MOD(${writeAs(left, to, write).text}, ${safe.text})`)
  return infix(writeAs(left, to, write), op, op === '/' ? safe : divisor, LEVEL[op])
}

/** `~` escapes, because a backslash in a literal is read differently by Flink's tools. */
function like(expr: Of<'like'>, write: Write): Fragment {
  const pattern = expr.pattern
    .replaceAll('~', '~~')
    .replace(/\\(.)/gs, (_, char: string) => (char === '\\' ? '\\' : `~${char}`))
  const escaping = pattern.includes('~') ? " ESCAPE '~'" : ''
  return predicate(`${operandOf(write(expr.operand))} ${not(expr)}LIKE ${flinkText(pattern)}${escaping}`)
}

function cases(expr: Of<'case'>, write: Write): Fragment {
  const exact = exactOf(expr.type)
  const branches = expr.branches.map(
    ({ when, then }) => `WHEN ${write(when).text} THEN ${writeAs(then, exact, write).text}`,
  )
  const otherwise = expr.otherwise ? [`ELSE ${writeAs(expr.otherwise, exact, write).text}`] : []
  return primary(['CASE', ...branches, ...otherwise, 'END'].join(' '))
}

const FUNCTIONS = {
  abs: 'ABS',
  round: 'ROUND',
  floor: 'FLOOR',
  ceil: 'CEIL',
  lower: 'LOWER',
  upper: 'UPPER',
  length: 'CHAR_LENGTH',
  coalesce: 'COALESCE',
} as const

function call(expr: Of<'call'>, write: Write): Fragment {
  const exact = exactOf(expr.type)
  const args = expr.args.map(arg => (expr.fn === 'coalesce' ? writeAs(arg, exact, write) : write(arg)).text)
  return primary(`${FUNCTIONS[expr.fn]}(${args.join(', ')})`)
}
