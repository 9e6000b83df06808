import type { ExprError } from '../expr/errors.js'
import { type Parsed, parseCondition, parseMeasure, parseWhere } from '../expr/parse.js'
import type { MeasureExpr, RowExpr } from '../model/expr.js'
import type { Findings } from './findings.js'
import type { SourceScope } from './source.js'
import { type Node, type ScalarNode, textOf } from './yaml/node.js'
import { spanWithin } from './yaml/scalarOffsets.js'
import { spanOf } from './yaml/sourceFile.js'

export const readMeasure = (
  node: Node | undefined,
  owner: string,
  scope: SourceScope,
  findings: Findings,
): MeasureExpr | undefined => read(node, owner, scope, findings, text => parseMeasure(text, scope.types))

export const readWhere = (
  node: Node | undefined,
  owner: string,
  scope: SourceScope,
  findings: Findings,
): RowExpr | undefined => read(node, owner, scope, findings, text => parseWhere(text, scope.types))

/** An alert's condition over `value`. */
export const readCondition = (node: Node | undefined, owner: string, findings: Findings): RowExpr | undefined =>
  read(node, owner, undefined, findings, parseCondition)

function read<E>(
  node: Node | undefined,
  owner: string,
  scope: SourceScope | undefined,
  findings: Findings,
  parse: (text: string) => Parsed<E>,
): E | undefined {
  const text = textOf(node)
  // Columns whose type could not be read have their own finding: what follows from it would only confuse.
  if (text === undefined || text === '' || node?.kind !== 'scalar') return undefined
  const parsed = parse(text)
  if (parsed.ok) return parsed.expr
  for (const error of parsed.errors) {
    if (scope?.broken && error.code !== 'syntax') continue
    const where = error.code === 'unknown-column' && scope ? ` in source ${scope.name}` : ''
    findings.error(
      error.code,
      expressionSpan(node, error),
      `${owner}: ${error.message}${error.message.includes(where) ? '' : where}`,
      error.fix,
    )
  }
  return undefined
}

function expressionSpan(node: ScalarNode, { range }: ExprError) {
  return String(node.value) === '' ? spanOf(node) : spanWithin(node, range)
}

/** Where `word` first stands in an expression's text; the whole where it does not. */
export function spanOfWord(node: ScalarNode, word: string) {
  const start = String(node.value).toLowerCase().indexOf(word)
  return start < 0 ? spanOf(node) : spanWithin(node, { start, end: start + word.length })
}
