import { type Parsed, parseCondition, parseMeasure, parseWhere } from '../expr/parse.js'
import type { Span } from '../model/diagnostic.js'
import type { MeasureExpr, RowExpr } from '../model/expr.js'
import type { Findings } from './findings.js'
import type { SourceScope } from './source.js'
import { type Node, type ScalarNode, textOf } from './yaml/node.js'
import { spansWithin, spanWithin } from './yaml/scalarOffsets.js'
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
  if (text === undefined || text === '' || node?.kind !== 'scalar') return undefined
  const parsed = parse(text)
  if (parsed.ok) return parsed.expr
  const spanOfRange = spansWithin(node)
  for (const { code, message, range, fix } of parsed.errors) {
    if (findings.full) break
    // A column whose type could not be read has its own finding.
    if (code === 'unknown-column' && scope?.broken) continue
    const where = code === 'unknown-column' && scope ? ` in source ${scope.name}` : ''
    findings.error(code, spanOfRange(range), `${owner}: ${message}${where}`, fix)
  }
  return undefined
}

/** Where `word` first stands in an expression's text; the whole where it does not. */
export function spanOfWord(node: ScalarNode, word: string): Span {
  const start = String(node.value).toLowerCase().indexOf(word)
  return start < 0 ? spanOf(node) : spanWithin(node, { start, end: start + word.length })
}
