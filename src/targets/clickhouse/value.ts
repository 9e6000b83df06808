import type { ReadExpr, StateFunction } from '../../model/rollup.js'
import { mergeSql } from './states.js'
import { id } from './text.js'

// A query merges each state once (`merges`), then works on the merged columns.

/** The merged aggregates that a value needs, by the column that holds each. */
export function merges(expr: ReadExpr): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (e: ReadExpr): void => {
    if (e.kind === 'state') found.set(mergedName(e), mergeSql(e.fn, id(e.state), e.level))
    else if (e.kind === 'negate') walk(e.operand)
    else if (e.kind === 'arithmetic') {
      walk(e.left)
      walk(e.right)
    }
  }
  walk(expr)
  return found
}

/** `m_<state>`, and the level where a sketch is read at one: never the name of the column itself. */
const mergedName = (expr: Extract<ReadExpr, { kind: 'state' }>): string =>
  `m_${expr.state}${expr.level === undefined ? '' : `_${String(expr.level).replace('.', '_')}`}`

/** The states that a value reads: their names, and how each merges. */
export const statesOf = (expr: ReadExpr): Map<string, StateFunction> => {
  switch (expr.kind) {
    case 'state':
      return new Map([[expr.state, expr.fn]])
    case 'number':
      return new Map()
    case 'negate':
      return statesOf(expr.operand)
    case 'arithmetic':
      return new Map([...statesOf(expr.left), ...statesOf(expr.right)])
  }
}

/** The value as Nullable(Float64): division by zero, infinities and NaN are null. */
export const valueSql = (expr: ReadExpr): string => {
  const value = floatSql(expr)
  return `if(isFinite(${value}), ${value}, NULL)`
}

function floatSql(expr: ReadExpr): string {
  switch (expr.kind) {
    case 'state':
      return expr.type.base === 'datetime' || expr.type.base === 'date'
        ? `toFloat64(toUnixTimestamp64Milli(toDateTime64(${id(mergedName(expr))}, 3, 'UTC')))`
        : `toFloat64(${id(mergedName(expr))})`
    case 'number':
      return `toFloat64(${expr.text})`
    case 'negate':
      return `(-${floatSql(expr.operand)})`
    case 'arithmetic':
      return expr.op === '/'
        ? `(${floatSql(expr.left)} / nullIf(${floatSql(expr.right)}, 0))`
        : `(${floatSql(expr.left)} ${expr.op} ${floatSql(expr.right)})`
  }
}

/**
 * The value with every digit, as Nullable(String): for sums, minima and so on of decimals, and for integers beyond
 * what a JSON number holds (2^53). Undefined where a double is all there is.
 */
export function exactSql(expr: ReadExpr): string | undefined {
  const bases = exactBases(expr)
  if (bases === undefined) return undefined
  if (bases.has('decimal')) return `toString(${exactTerm(expr)})`
  const integer = exactTerm(expr)
  return `if(abs(${integer}) > 9007199254740992, toString(${integer}), NULL)`
}

/** The types of the states added up; undefined where a division, a product or a sketch makes exactness void. */
export function exactBases(expr: ReadExpr): Set<string> | undefined {
  switch (expr.kind) {
    case 'state':
      return ['count', 'sum', 'min', 'max', 'first', 'last'].includes(expr.fn) &&
        ['int', 'decimal'].includes(expr.type.base)
        ? new Set([expr.type.base])
        : undefined
    case 'number':
      return /^\d+$/.test(expr.text) ? new Set(['int']) : undefined
    case 'negate':
      return exactBases(expr.operand)
    case 'arithmetic': {
      if (expr.op === '/' || expr.op === '*') return undefined
      const [left, right] = [exactBases(expr.left), exactBases(expr.right)]
      return left && right ? new Set([...left, ...right]) : undefined
    }
  }
}

function exactTerm(expr: ReadExpr): string {
  switch (expr.kind) {
    case 'state':
      return expr.type.base === 'int'
        ? `toInt256(${id(mergedName(expr))})`
        : `toDecimal256(${id(mergedName(expr))}, ${expr.type.scale ?? 0})`
    case 'number':
      return `toInt256(${expr.text})`
    case 'negate':
      return `(-${exactTerm(expr.operand)})`
    case 'arithmetic':
      return `(${exactTerm(expr.left)} ${expr.op} ${exactTerm(expr.right)})`
  }
}
