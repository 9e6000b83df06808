import { toJson, type ValidateDocument } from '../diagnostics/json.js'
import { printable } from '../diagnostics/width.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Action, Change, Plan, Risk } from '../model/plan.js'
import type { Edit } from '../plan/edits.js'
import { editsText } from './edits.js'
import { shortened } from './markdown.js'
import { groupsOf, nameOf } from './planGroups.js'
import { impactOf, impactText, riskCounts, summarize, summaryText } from './planSummary.js'
import type { Style } from './style.js'

/** `plan --json` and `diff --json` (schemas/plan.schema.json, schemas/diff.schema.json). */
export interface PlanDocument {
  readonly target: string
  readonly empty: boolean
  readonly summary: Readonly<Record<Action, number>>
  readonly changes: readonly Omit<Change, 'steps' | 'dependsOn' | 'origin'>[]
  readonly unused: readonly string[]
  readonly notes?: readonly string[]
  /** What the lints of the change say. */
  readonly findings: ValidateDocument['findings']
}

export function planDocument(plan: Plan, findings: readonly Diagnostic[] = []): PlanDocument {
  const changes = plan.changes.map(({ steps: _, dependsOn: __, origin: ___, ...change }) => change)
  const { target, unused, notes } = plan
  return {
    target,
    empty: changes.length === 0,
    summary: summarize(changes),
    changes,
    unused,
    ...(notes && { notes }),
    findings: toJson(findings).findings,
  }
}

const marks: Readonly<Record<Action, string>> = { create: '+', update: '~', replace: '±', delete: '-' }

/** So many changes that are alike are told one by one, so many rebuilds of one group; a reason has so many characters. */
const few = { alike: 3, rebuilds: 12, reason: 240, unused: 10, edits: 10 }

/**
 * The plan for people: by thing, risky first, safe changes that are alike as one line. With `statements` every change
 * with what will be run, in the order of execution. What becomes of the metrics (`edits`) stands first, `remarks` before
 * the summary.
 */
export function planText(
  plan: Plan,
  style: Style,
  options: {
    readonly statements: boolean
    readonly edits?: readonly Edit[]
    readonly remarks?: string | undefined
  },
): string {
  const { statements, edits = [], remarks } = options
  const { target, changes, unused, notes = [] } = plan
  const told = statements ? changes.flatMap(change => entryLines([change], style, true)) : groupedLines(changes, style)
  const edited = changes.length === 0 ? [] : editsText(edits, style, statements ? edits.length : few.edits)
  const lines = [edited, told, remarks ? [remarks] : []].flatMap(part => (part.length === 0 ? [] : [...part, '']))
  const counts = riskCounts(changes)
  lines.push(`${style.bold(target)}: ${summaryText(changes)}${counts && ` (${counts})`}`)
  if (unused.length > 0) {
    const names = listed(unused, statements ? unused.length : few.unused)
    lines.push(style.dim(`no longer asked for, holding data, kept: ${names}`))
  }
  return [...lines, ...notes.map(note => style.dim(note))].join('\n')
}

/** A blank line between groups; a heading over each where there are several changes. */
const groupedLines = (changes: readonly Change[], style: Style): string[] =>
  groupsOf(changes).flatMap(({ title, changes: group }, index) => [
    ...(index > 0 ? [''] : []),
    ...(changes.length > 1 ? [style.bold(title)] : []),
    ...together(group).flatMap(entry => entryLines(entry, style, false)),
  ])

/** Changes that one line tells: safe ones of the same kind, action and reason, and the smaller ones of many rebuilds. */
function together(changes: readonly Change[]): Change[][] {
  const rebuilds = changes
    .filter(({ risk }) => risk === 'rebuild')
    .sort((a, b) => (b.impact?.rows ?? 0) - (a.impact?.rows ?? 0))
  const small = new Set(rebuilds.length > few.rebuilds ? rebuilds.slice(few.rebuilds - 1) : [])
  const entries = new Map<string, Change[]>()
  for (const change of changes) {
    const { kind, action, risk, reason } = change
    const alike = risk === 'safe' ? [kind, action, reason] : small.has(change) ? [kind, action, risk] : [change.id]
    const key = JSON.stringify(alike)
    const entry = entries.get(key)
    if (entry === undefined) entries.set(key, [change])
    else entry.push(change)
  }
  return [...entries.values()].flatMap(entry => (entry.length > few.alike ? [entry] : entry.map(one => [one])))
}

function entryLines(changes: readonly Change[], style: Style, statements: boolean): string[] {
  const [first] = changes
  if (first === undefined) return []
  const what =
    changes.length === 1
      ? style.bold(printable(first.id))
      : `${style.bold(`${changes.length} ${nounOf(first)}s`)}: ${listed(changes.map(nameOf), 3)}`
  const risk = first.risk === 'safe' ? '' : `  ${riskText(first.risk, style)}`
  const impact = impactOf(changes)
  const lines = [
    `${actionMark(first.action, style)} ${what}${risk}${impact ? style.dim(`  ${impactText(impact)}`) : ''}`,
  ]
  const reasons = new Set(changes.map(({ reason }) => reason))
  if (reasons.size === 1)
    lines.push(`    ${printable(statements ? first.reason : shortened(first.reason, few.reason))}`)
  if (statements) lines.push(...first.steps.flatMap(step => statementLines(step.sql ?? step.title, style)))
  return lines
}

/** `view` of `clickhouse.view`. */
const nounOf = ({ kind }: Change): string => kind.slice(kind.indexOf('.') + 1)

const listed = (names: readonly string[], most: number): string =>
  names.length <= most + 1 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

function actionMark(action: Action, style: Style): string {
  const paint = { create: style.green, update: style.yellow, replace: style.yellow, delete: style.red }[action]
  return paint(marks[action])
}

const riskText = (risk: Risk, style: Style): string =>
  risk === 'destructive' ? style.red('destructive') : style.yellow(risk)

const statementLines = (text: string, style: Style): string[] =>
  text.split('\n').map(line => style.dim(`      ${printable(line)}`))
