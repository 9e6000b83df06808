import type { Action, Change, Plan, Risk } from '../model/plan.js'
import { counted } from './counted.js'
import { bytes } from './quantity.js'
import type { Style } from './style.js'

/** `plan --json` and `diff --json` (schemas/plan.schema.json, schemas/diff.schema.json). */
export interface PlanDocument {
  readonly target: string
  readonly empty: boolean
  readonly summary: Readonly<Record<Action, number>>
  readonly changes: readonly Omit<Change, 'steps' | 'dependsOn' | 'origin'>[]
  readonly unused: readonly string[]
  readonly notes?: readonly string[]
}

const actions = ['create', 'update', 'replace', 'delete'] as const
const marks: Readonly<Record<Action, string>> = { create: '+', update: '~', replace: '±', delete: '-' }

/** How many changes there are of each action. */
export function summarize(changes: readonly { readonly action: Action }[]): Record<Action, number> {
  const summary = { create: 0, update: 0, replace: 0, delete: 0 }
  for (const { action } of changes) summary[action] += 1
  return summary
}

export function planDocument(plan: Plan): PlanDocument {
  const changes = plan.changes.map(({ steps: _, dependsOn: __, origin: ___, ...change }) => change)
  const { target, unused, notes } = plan
  return { target, empty: changes.length === 0, summary: summarize(changes), changes, unused, ...(notes && { notes }) }
}

/** `2 to create, 1 to update`. */
export function summaryText(changes: readonly { readonly action: Action }[]): string {
  const summary = summarize(changes)
  const parts = actions.filter(action => summary[action] > 0).map(action => `${summary[action]} to ${action}`)
  return parts.length === 0 ? 'no changes' : parts.join(', ')
}

/** The plan for people: each change with its risk and reason; `statements` adds what will be run. */
export function planText(plan: Plan, style: Style, options: { statements: boolean }): string {
  const lines: string[] = []
  for (const change of plan.changes) {
    const what = [change.impact && impactText(change.impact)].filter(Boolean).join(', ')
    const risk = change.risk === 'safe' ? '' : `  ${riskText(change.risk, style)}`
    lines.push(`${actionMark(change.action, style)} ${style.bold(change.id)}${risk}${what && style.dim(`  ${what}`)}`)
    lines.push(`    ${change.reason}`)
    if (options.statements) lines.push(...change.steps.flatMap(step => statementLines(step.sql ?? step.title, style)))
  }
  if (plan.changes.length > 0) lines.push('')
  lines.push(`${style.bold(plan.target)}: ${summaryText(plan.changes)}`)
  if (plan.unused.length > 0) lines.push(...unusedLines(plan.unused, style))
  lines.push(...(plan.notes ?? []).map(note => style.dim(note)))
  return lines.join('\n')
}

/** The plan as a comment on a pull request. */
export function planMarkdown(plan: Plan, title: string): string {
  if (plan.changes.length === 0) return `### ${title}\n\nNo changes.\n`
  const rows = plan.changes.map(
    ({ id, action, risk, reason, impact }) =>
      `| ${action} | \`${id}\` | ${risk === 'safe' ? 'safe' : `**${risk}**`} | ${cell(reason)} | ${impact ? impactText(impact) : ''} |`,
  )
  const table = ['| action | resource | risk | reason | touches |', '|---|---|---|---|---|', ...rows]
  return `### ${title}\n\n${capitalized(summaryText(plan.changes))}.\n\n${table.join('\n')}\n`
}

const impactText = ({ rows, bytes: size }: { rows: number; bytes: number }): string =>
  `${counted(rows, 'row')}, ${bytes(size)}`

function actionMark(action: Action, style: Style): string {
  const paint = { create: style.green, update: style.yellow, replace: style.yellow, delete: style.red }[action]
  return paint(marks[action])
}

const riskText = (risk: Risk, style: Style): string =>
  risk === 'destructive' ? style.red('destructive') : style.yellow(risk)

const statementLines = (text: string, style: Style): string[] =>
  text.split('\n').map(line => style.dim(`      ${line}`))

const unusedLines = (unused: readonly string[], style: Style): string[] => [
  style.dim(`no longer asked for, holding data, kept: ${unused.join(', ')}`),
]

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
