import type { RowExpr, RowFunction, ValueType } from '../model/expr.js'
import { AGGREGATES } from './aggregates.js'
import { typeNumeric } from './arithmetic.js'
import { absoluteType, exactOf, roundedType, STRING, UINT64, valueType } from './exactType.js'
import { type Scope, typeCondition, typeRow } from './row.js'
import { didYouMean } from './suggest.js'
import type { SyntaxNode, SyntaxOf } from './syntax.js'
import { describe, type Placed, unify } from './unify.js'

type Call = SyntaxOf<'call'>

const ROW_FUNCTIONS = ['abs', 'round', 'floor', 'ceil', 'lower', 'upper', 'length', 'coalesce', 'if'] as const
type FunctionName = (typeof ROW_FUNCTIONS)[number]

/** Every name that can be called inside an aggregate or a condition. */
export const ROW_FUNCTION_NAMES: ReadonlySet<string> = new Set(ROW_FUNCTIONS)

/** A function of the row expressions; an aggregate here is an error of its own. */
export function typeCall(node: Call, scope: Scope): RowExpr | undefined {
  const name = { start: node.start, end: node.nameEnd }
  if (AGGREGATES.has(node.name)) return misplacedAggregate(node, scope)
  if (!ROW_FUNCTION_NAMES.has(node.name)) {
    const fix = didYouMean(node.name, ROW_FUNCTIONS) ?? `there are: ${ROW_FUNCTIONS.join(', ')}`
    return scope.report('unknown-function', `no function "${node.name}"`, name, fix)
  }
  if (node.filter) scope.report('wrong-arguments', 'only an aggregate takes a filter', node.filter)
  return typeFunction(node.name as FunctionName, node, scope)
}

function misplacedAggregate(node: Call, scope: Scope): undefined {
  return scope.place === 'argument'
    ? scope.report('nested-aggregate', `${node.name}() cannot stand inside another aggregate`, node)
    : scope.report(
        'aggregate-in-where',
        `${node.name}() cannot stand in a condition on single events`,
        node,
        "compare the metric's value in an alert instead",
      )
}

function typeFunction(fn: FunctionName, node: Call, scope: Scope): RowExpr | undefined {
  switch (fn) {
    case 'if':
      return typeIf(node, scope)
    case 'coalesce':
      return typeCoalesce(node, scope)
    case 'lower':
    case 'upper':
      return typeText(fn, node, scope, nullable => valueType(STRING, nullable))
    case 'length':
      return typeText(fn, node, scope, nullable => valueType(UINT64, nullable))
    default:
      return typeNumberFunction(fn, node, scope)
  }
}

/** Reports a wrong number of arguments; otherwise the arguments as they are. */
function argumentsOf(node: Call, scope: Scope, least: number, most: number): readonly SyntaxNode[] | undefined {
  const { length } = node.args
  if (length >= least && length <= most) return node.args
  const count = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} or ${most}`
  const message = `${node.name}() takes ${count} argument${count === '1' ? '' : 's'}, not ${length}`
  return scope.report('wrong-arguments', message, node)
}

function typeNumberFunction(fn: 'abs' | 'round' | 'floor' | 'ceil', node: Call, scope: Scope): RowExpr | undefined {
  const args = argumentsOf(node, scope, 1, fn === 'round' ? 2 : 1)
  const operand = args && typeNumeric(args[0]!, scope)
  if (!args || !operand) return undefined
  const exact = exactOf(operand.type)!
  const type = valueType(fn === 'abs' ? absoluteType(exact) : roundedType(exact), operand.type.nullable)
  const digits = args[1]
  if (!digits) return { kind: 'call', fn, args: [operand], type }
  if (digits.kind !== 'number' || !/^\d$/.test(digits.text)) {
    return scope.report('wrong-arguments', 'the digits to round to are a number from 0 to 9', digits)
  }
  return { kind: 'call', fn, args: [operand, typeRow(digits, scope)!], type }
}

function typeText(
  fn: RowFunction,
  node: Call,
  scope: Scope,
  result: (nullable: boolean) => ValueType,
): RowExpr | undefined {
  const args = argumentsOf(node, scope, 1, 1)
  const operand = args && typeRow(args[0]!, scope)
  if (!operand) return undefined
  if (operand.type.base === 'string') return { kind: 'call', fn, args: [operand], type: result(operand.type.nullable) }
  const message = `${fn}() needs text, this is ${describe(exactOf(operand.type))}`
  return scope.report('type-mismatch', message, node.args[0]!)
}

function typeCoalesce(node: Call, scope: Scope): RowExpr | undefined {
  const args = argumentsOf(node, scope, 2, Infinity)
  const items = args && placeAll(args, scope)
  const unified = items && unify(items, scope.report, false)
  if (!unified) return undefined
  const nullable = unified.exprs.every(expr => expr.type.nullable)
  return { kind: 'call', fn: 'coalesce', args: unified.exprs, type: resultType(unified.exact, nullable) }
}

/** `if(c, a, b)` is a case with one branch. */
function typeIf(node: Call, scope: Scope): RowExpr | undefined {
  const args = argumentsOf(node, scope, 3, 3)
  if (!args) return undefined
  const [when, then, otherwise] = args as [SyntaxNode, SyntaxNode, SyntaxNode]
  return typeBranches([{ when, then }], otherwise, scope)
}

/** `case when … then … else … end`; without `else` it may be null. */
export function typeCase(node: SyntaxOf<'case'>, scope: Scope): RowExpr | undefined {
  return typeBranches(node.branches, node.otherwise, scope)
}

function typeBranches(
  branches: SyntaxOf<'case'>['branches'],
  otherwise: SyntaxNode | undefined,
  scope: Scope,
): RowExpr | undefined {
  const conditions = branches.map(branch => typeCondition(branch.when, scope))
  const results = placeAll([...branches.map(branch => branch.then), ...(otherwise ? [otherwise] : [])], scope)
  const unified = results && unify(results, scope.report, false)
  if (!unified || conditions.includes(undefined)) return undefined
  // biome-ignore lint/suspicious/noThenProperty: the model's name for a branch's result
  const typed = conditions.map((when, i) => ({ when: when!, then: unified.exprs[i]! }))
  const nullable = !otherwise || unified.exprs.some(expr => expr.type.nullable)
  const type = resultType(unified.exact, nullable)
  if (!otherwise) return { kind: 'case', branches: typed, type }
  return { kind: 'case', branches: typed, otherwise: unified.exprs[branches.length]!, type }
}

/** The result of several branches: enums have become text. */
function resultType(exact: ReturnType<typeof exactOf>, nullable: boolean): ValueType {
  if (exact === undefined) return { base: 'null', nullable: true }
  return valueType(exact.kind === 'enum' ? STRING : exact, nullable)
}

function placeAll(nodes: readonly SyntaxNode[], scope: Scope): Placed[] | undefined {
  const items = nodes.flatMap((node): Placed[] => {
    const expr = typeRow(node, scope)
    return expr ? [{ expr, at: node }] : []
  })
  return items.length === nodes.length ? items : undefined
}
