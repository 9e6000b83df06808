import type { RowExpr } from '../model/expr.js'
import { arithmeticType, exactOf, isNumeric, negatedType, valueType } from './exactType.js'
import { literalNumber, numberType } from './literal.js'
import { type Scope, typeRow } from './row.js'
import type { SyntaxNode, SyntaxOf } from './syntax.js'
import { describe } from './unify.js'

/** Types an expression that must be a number. */
export function typeNumeric(node: SyntaxNode, scope: Scope): RowExpr | undefined {
  const expr = typeRow(node, scope)
  const exact = expr && exactOf(expr.type)
  if (expr === undefined || (exact && isNumeric(exact))) return expr
  const fix = expr.type.base === 'bool' ? 'if(condition, 1, 0) makes a number of it' : undefined
  return scope.report('type-mismatch', `a number is needed here, this is ${describe(exact)}`, node, fix)
}

/** `-x`. A literal keeps the tightest type of its negative value. */
export function typeNegate(node: SyntaxOf<'negate' | 'not'>, scope: Scope): RowExpr | undefined {
  const operand = typeNumeric(node.operand, scope)
  if (!operand) return undefined
  const literal = operand.kind === 'number' ? numberType(operand.text, true) : undefined
  const type = valueType(literal ?? negatedType(exactOf(operand.type)!), operand.type.nullable)
  return { kind: 'negate', operand, type }
}

/** `+ - * / %`: `/` is never an integer division and yields null for a divisor of zero, as `%` does. */
export function typeArithmetic(node: SyntaxOf<'arithmetic'>, scope: Scope): RowExpr | undefined {
  const left = typeNumeric(node.left, scope)
  const right = typeNumeric(node.right, scope)
  if (!left || !right) return undefined
  const exact = arithmeticType(node.op, exactOf(left.type)!, exactOf(right.type)!)
  if (!exact) return scope.report('type-mismatch', '% takes whole numbers only', node)
  const nullable = left.type.nullable || right.type.nullable || mayDivideByZero(node.op, right)
  return { kind: 'arithmetic', op: node.op, left, right, type: valueType(exact, nullable) }
}

/** Whether the right side may be zero, or -1, whose modulo of the smallest integer no engine computes. */
function mayDivideByZero(op: string, right: RowExpr): boolean {
  return (op === '/' || op === '%') && !isSafeDivisor(right)
}

/** A literal that any number can be divided by. */
export function isSafeDivisor(divisor: RowExpr): boolean {
  const text = literalNumber(divisor)
  return text !== undefined && Number(text) !== 0 && Number(text) !== -1
}
