import type { RowExpr } from '../model/expr.js'
import { BOOL, type Exact, exactOf, valueType } from './exactType.js'
import { type Scope, typeRow } from './row.js'
import type { SyntaxNode, SyntaxOf } from './syntax.js'
import { describe, type Placed, type Unified, unify } from './unify.js'

/** `a = b` and its like. */
export function typeCompare(node: SyntaxOf<'compare'>, scope: Scope): RowExpr | undefined {
  const ordered = node.op !== '=' && node.op !== '!='
  const sides = comparable([node.left, node.right], scope, ordered)
  if (!sides) return undefined
  const [left, right] = sides as [RowExpr, RowExpr]
  return { kind: 'compare', op: node.op, left, right, type: valueType(BOOL, left.type.nullable || right.type.nullable) }
}

/** `a between low and high`, both ends included. */
export function typeBetween(node: SyntaxOf<'between'>, scope: Scope): RowExpr | undefined {
  const exprs = comparable([node.operand, node.low, node.high], scope, true)
  if (!exprs) return undefined
  const [operand, low, high] = exprs as [RowExpr, RowExpr, RowExpr]
  const type = valueType(
    BOOL,
    exprs.some(expr => expr.type.nullable),
  )
  return { kind: 'between', negated: node.negated, operand, low, high, type }
}

/** `a in (…)`: a list of literals, because engines look it up in a set. */
export function typeIn(node: SyntaxOf<'in'>, scope: Scope): RowExpr | undefined {
  const computed = node.list.filter(item => !isLiteral(item))
  for (const item of computed) {
    scope.report('wrong-arguments', 'the list after "in" takes literals only', item, 'write = and or')
  }
  const exprs = comparable(computed.length > 0 ? [node.operand] : [node.operand, ...node.list], scope, false)
  if (!exprs || computed.length > 0) return undefined
  const [operand, ...list] = exprs as [RowExpr, ...RowExpr[]]
  return { kind: 'in', negated: node.negated, operand, list, type: valueType(BOOL, operand.type.nullable) }
}

function isLiteral(node: SyntaxNode): boolean {
  if (node.kind === 'negate') return node.operand.kind === 'number'
  return node.kind === 'string' || node.kind === 'number' || node.kind === 'bool' || node.kind === 'null'
}

/** `a like 'pattern'`: `%` any text, `_` any character, `\` before either takes it as it is. */
export function typeLike(node: SyntaxOf<'like'>, scope: Scope): RowExpr | undefined {
  const operand = typeRow(node.operand, scope)
  const { pattern } = node
  if (operand && operand.type.base !== 'string') {
    scope.report('type-mismatch', `"like" needs text, this is ${describe(exactOf(operand.type))}`, node.operand)
  }
  if (pattern.kind !== 'string')
    return scope.report('wrong-arguments', 'the pattern of "like" is a literal text', pattern)
  if (!/^(?:[^\\]|\\[\\%_])*$/.test(pattern.value)) {
    return scope.report(
      'wrong-arguments',
      'in a pattern \\ stands before %, _ or \\ only',
      pattern,
      'write \\\\ for one \\',
    )
  }
  if (operand?.type.base !== 'string') return undefined
  return {
    kind: 'like',
    negated: node.negated,
    operand,
    pattern: pattern.value,
    type: valueType(BOOL, operand.type.nullable),
  }
}

const ORDERED: ReadonlySet<Exact['kind']> = new Set([
  'int',
  'float',
  'decimal',
  'string',
  'date',
  'datetime',
  'datetime64',
])

/** Types nodes that are compared with each other. A literal null is refused: such a comparison is never true. */
function comparable(nodes: readonly SyntaxNode[], scope: Scope, ordered: boolean): readonly RowExpr[] | undefined {
  const items = nodes.flatMap((node): Placed[] => {
    const expr = typeRow(node, scope)
    return expr ? [{ expr, at: node }] : []
  })
  const nulls = items.filter(({ expr }) => expr.type.base === 'null')
  for (const { at } of nulls) {
    scope.report(
      'type-mismatch',
      'nothing is equal to null, and nothing differs from it',
      at,
      'write "is null" or "is not null"',
    )
  }
  if (items.length < nodes.length || nulls.length > 0) return undefined
  const unified = unify(items, scope.report, !ordered)
  if (!unified) return undefined
  return ordered ? orderedOnly(unified, items[0]!, scope) : unified.exprs
}

function orderedOnly({ exprs, exact }: Unified, first: Placed, scope: Scope): readonly RowExpr[] | undefined {
  const unordered = exprs
    .map(expr => exactOf(expr.type))
    .find(type => type && type.kind !== 'enum' && !ORDERED.has(type.kind))
  if (exact && !unordered) return exprs
  return scope.report('type-mismatch', `${describe(unordered)} has no order, only = and != apply`, first.at)
}
