import type { ColumnType } from '../model/columnType.js'
import type { RowExpr } from '../model/expr.js'
import { typeArithmetic, typeNegate } from './arithmetic.js'
import { typeCall, typeCase } from './calls.js'
import { typeBetween, typeCompare, typeIn, typeLike } from './comparison.js'
import type { Report } from './errors.js'
import { BOOL, exactOf, STRING, unwrap, valueType } from './exactType.js'
import { numberType } from './literal.js'
import { didYouMean } from './suggest.js'
import type { SyntaxNode, SyntaxOf } from './syntax.js'
import { describe } from './unify.js'

/** What names mean where an expression stands. `place` says which finding an aggregate there is. */
export interface Scope {
  readonly columns: ReadonlyMap<string, ColumnType>
  readonly place: 'where' | 'argument'
  readonly report: Report
}

/** Types a row expression; undefined after reporting what is wrong with it or below it. */
export function typeRow(node: SyntaxNode, scope: Scope): RowExpr | undefined {
  switch (node.kind) {
    case 'column':
      return typeColumn(node, scope)
    case 'string':
      return { kind: 'string', value: node.value, type: valueType(STRING, false) }
    case 'number':
      return typeNumber(node, scope)
    case 'bool':
      return { kind: 'bool', value: node.value, type: valueType(BOOL, false) }
    case 'null':
      return { kind: 'null', type: { base: 'null', nullable: true } }
    case 'not': {
      const operand = typeCondition(node.operand, scope)
      return operand && { kind: 'not', operand, type: operand.type }
    }
    case 'and':
    case 'or':
      return typeLogic(node, scope)
    case 'negate':
      return typeNegate(node, scope)
    case 'arithmetic':
      return typeArithmetic(node, scope)
    case 'compare':
      return typeCompare(node, scope)
    case 'in':
      return typeIn(node, scope)
    case 'between':
      return typeBetween(node, scope)
    case 'like':
      return typeLike(node, scope)
    case 'isNull': {
      const operand = typeRow(node.operand, scope)
      return operand && { kind: 'isNull', negated: node.negated, operand, type: valueType(BOOL, false) }
    }
    case 'case':
      return typeCase(node, scope)
    case 'call':
      return typeCall(node, scope)
  }
}

/** Types an expression that must be a condition. */
export function typeCondition(node: SyntaxNode, scope: Scope): RowExpr | undefined {
  const expr = typeRow(node, scope)
  if (expr === undefined || expr.type.base === 'bool') return expr
  const message = `a condition is needed here, this is ${describe(exactOf(expr.type))}`
  return scope.report('type-mismatch', message, node, 'compare it with something, such as = or >')
}

function typeLogic(node: SyntaxOf<'and' | 'or'>, scope: Scope): RowExpr | undefined {
  const left = typeCondition(node.left, scope)
  const right = typeCondition(node.right, scope)
  if (!left || !right) return undefined
  return { kind: node.kind, left, right, type: valueType(BOOL, left.type.nullable || right.type.nullable) }
}

function typeColumn(node: SyntaxOf<'column'>, scope: Scope): RowExpr | undefined {
  const column = scope.columns.get(node.name)
  if (column === undefined) {
    const names = [...scope.columns.keys()]
    const fix = didYouMean(node.name, names) ?? `there are: ${names.join(', ')}`
    return scope.report('unknown-column', `no column "${node.name}"`, node, fix)
  }
  const { exact, nullable } = unwrap(column)
  return { kind: 'column', name: node.name, column, type: valueType(exact, nullable) }
}

function typeNumber(node: SyntaxOf<'number'>, scope: Scope): RowExpr | undefined {
  const exact = numberType(node.text, false)
  if (!exact) return scope.report('type-mismatch', 'the number is too large', node)
  return { kind: 'number', text: node.text, type: valueType(exact, false) }
}
