import type { ColumnType } from '../model/columnType.js'
import type { MeasureExpr, RowExpr } from '../model/expr.js'
import type { ExprError, Report } from './errors.js'
import { SyntaxError as GrammarError, parse } from './grammar.js'
import { checkNesting, checkSize } from './limits.js'
import { typeMeasure } from './measure.js'
import { type Scope, typeCondition, typeRow } from './row.js'
import type { SyntaxNode } from './syntax.js'
import { syntaxFinding } from './syntaxFinding.js'
import { aggregatesOf } from './walk.js'

/** A typed expression, or every finding that kept it from being one. */
export type Parsed<E> =
  | { readonly ok: true; readonly expr: E }
  | { readonly ok: false; readonly errors: readonly ExprError[] }
type Columns = ReadonlyMap<string, ColumnType>

/** Reads what a metric measures, such as `sum(value) / count()`. */
export function parseMeasure(text: string, columns: Columns): Parsed<MeasureExpr> {
  return read(text, (node, report) => {
    const measure = typeMeasure(node, columns, report)
    if (!measure || aggregatesOf(measure).length > 0) return measure
    return report('missing-aggregate', 'a measure needs at least one aggregate', node, 'count() counts the events')
  })
}

/** Reads an expression over the columns of one event, of any type. */
export function parseRow(text: string, columns: Columns): Parsed<RowExpr> {
  return read(text, (node, report) => typeRow(node, rowScope(columns, report)))
}

/** Reads a condition over the columns of one event, as in `where`. */
export function parseWhere(text: string, columns: Columns): Parsed<RowExpr> {
  return read(text, (node, report) => typeCondition(node, rowScope(columns, report)))
}

const VALUE: Columns = new Map([['value', { kind: 'nullable', inner: { kind: 'float', bits: 64 } }]])

/** Reads an alert's condition over a metric's `value`, which is null where an empty window has none. */
export function parseCondition(text: string): Parsed<RowExpr> {
  return parseWhere(text, VALUE)
}

function rowScope(columns: Columns, report: Report): Scope {
  return { columns, place: 'where', report }
}

function read<E>(text: string, type: (root: SyntaxNode, report: Report) => E | undefined): Parsed<E> {
  const syntax = readSyntax(text)
  if (!syntax.ok) return syntax
  const errors: ExprError[] = []
  const expr = type(syntax.expr, (code, message, { start, end }, fix) => {
    errors.push({ code, message, range: { start, end }, ...(fix === undefined ? {} : { fix }) })
    return undefined
  })
  if (expr !== undefined && errors.length === 0) return { ok: true, expr }
  return { ok: false, errors: errors.sort((a, b) => a.range.start - b.range.start) }
}

function readSyntax(text: string): Parsed<SyntaxNode> {
  const nesting = checkNesting(text)
  if (nesting) return { ok: false, errors: [nesting] }
  try {
    const root = parse(text) as SyntaxNode
    const size = checkSize(root)
    return size ? { ok: false, errors: [size] } : { ok: true, expr: root }
  } catch (error) {
    if (error instanceof GrammarError) return { ok: false, errors: [syntaxFinding(text, error)] }
    throw error
  }
}
