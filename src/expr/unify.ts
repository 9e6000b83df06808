import type { Range, RowExpr } from '../model/expr.js'
import type { Report } from './errors.js'
import { commonType, type Exact, exactOf, STRING } from './exactType.js'
import { fitLiteral } from './literal.js'

/** A typed expression and where it stands. */
export interface Placed {
  readonly expr: RowExpr
  readonly at: Range
}

/** Expressions of one type: string literals read as that type, and the type that holds all their values. */
export interface Unified {
  readonly exprs: readonly RowExpr[]
  /** Undefined when every expression is null. */
  readonly exact: Exact | undefined
}

/**
 * Finds the one type of expressions that are compared with each other, or are branches of one result. String literals
 * become what the others are; an enum keeps to its members where it is compared (`members`), else it is text.
 */
export function unify(items: readonly Placed[], report: Report, members: boolean): Unified | undefined {
  const target = typeOfOthers(items, report)
  if (target === 'mismatch') return undefined
  const literalTarget = target === undefined || (!members && target.kind === 'enum') ? STRING : target
  const exprs: RowExpr[] = []
  for (const { expr, at } of items) {
    if (expr.kind !== 'string') {
      exprs.push(expr)
      continue
    }
    const fitted = fitLiteral(expr, literalTarget)
    if (fitted.ok) exprs.push(fitted.expr)
    else report('type-mismatch', fitted.message, at, literalFix(literalTarget))
  }
  if (exprs.length < items.length) return undefined
  const exacts = exprs.flatMap(expr => exactOf(expr.type) ?? [])
  return { exprs, exact: exacts.reduce<Exact | undefined>(join, undefined) }
}

function join(all: Exact | undefined, one: Exact): Exact {
  return all === undefined ? one : (commonType(all, one) ?? all)
}

/** The common type of everything that is neither null nor a string literal. */
function typeOfOthers(items: readonly Placed[], report: Report): Exact | undefined | 'mismatch' {
  let target: Exact | undefined
  for (const { expr, at } of items) {
    const exact = expr.kind === 'string' ? undefined : exactOf(expr.type)
    if (exact === undefined) continue
    const common = target === undefined ? exact : commonType(target, exact)
    if (common === undefined) {
      report('type-mismatch', `${describe(target)} and ${describe(exact)} do not go together`, at)
      return 'mismatch'
    }
    target = common
  }
  return target
}

function literalFix(target: Exact): string | undefined {
  if (target.kind === 'int' || target.kind === 'float' || target.kind === 'decimal' || target.kind === 'bool') {
    return 'write it without quotes'
  }
  return undefined
}

const NAMES: Record<Exact['kind'], string> = {
  int: 'a number',
  float: 'a number',
  decimal: 'a number',
  bool: 'true or false',
  string: 'text',
  enum: 'text',
  uuid: 'a UUID',
  date: 'a date',
  datetime: 'a time',
  datetime64: 'a time',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
}

/** A type in words, for messages. */
export function describe(exact: Exact | undefined): string {
  return exact === undefined ? 'null' : NAMES[exact.kind]
}
