import type { Diagnostic } from '../model/diagnostic.js'
import type { Change, Plan } from '../model/plan.js'
import type { Edit } from '../plan/edits.js'
import { counted } from './counted.js'
import { editCounts, editWords } from './edits.js'
import { fewOfEach } from './findings.js'
import { code, folded, prose, shortened } from './markdown.js'
import { type Group, groupsOf, risks } from './planGroups.js'
import { detailText, rowText } from './planRows.js'
import { summaryText } from './planSummary.js'

/** GitHub refuses comments of 65,536 characters and more; some are left for what others put around it. */
export const COMMENT_LIMIT = 65_000

const MOST_EDITS = 30

/** Around the statements of all groups. */
const FRAMES = 1500

/** What is shown of a group: rows of its table, and statements that are folded away. */
interface Shown {
  readonly group: Group
  readonly rows: ReadonlySet<Change>
  readonly details: ReadonlySet<Change>
}

/**
 * A plan as a comment on a pull request: at most `limit` characters, risky first. Where it would be longer, statements
 * of safe changes are left out first, then safe changes themselves, and so on; it says how many.
 */
export function planMarkdown(
  plan: Plan,
  title: string,
  options: {
    readonly findings?: readonly Diagnostic[]
    readonly edits?: readonly Edit[]
    readonly limit?: number
  } = {},
): string {
  const { findings = [], edits = [], limit = COMMENT_LIMIT } = options
  const heading = `### ${prose(shortened(title, 200))}`
  if (plan.changes.length === 0)
    return `${[heading, 'No changes.', ...findingLines(findings, limit / 4)].join('\n\n')}\n`
  const render = (shown: Omit<Shown, 'group'>): string => {
    const parts = [
      heading,
      countsText(plan.changes),
      ...cautionLines(plan.changes),
      ...findingLines(findings, limit / 4),
      ...editLines(edits),
      ...groupsOf(plan.changes).map(group => groupText({ group, ...shown })),
      ...leftOut(plan.changes, shown),
      ...(plan.unused.length > 0 ? [`No longer asked for, holding data, kept: ${names(plan.unused)}.`] : []),
      ...(plan.notes ?? []).slice(0, 5).map(note => prose(shortened(note, 300))),
    ]
    return `${parts.join('\n\n')}\n`
  }
  const bare = render({ rows: new Set(), details: new Set() })
  return render(choose(plan.changes, limit - bare.length - FRAMES))
}

/** Rows of risky changes first, then their statements, then what is safe, as far as there is room. */
function choose(changes: readonly Change[], room: number): Omit<Shown, 'group'> {
  const rows = new Set<Change>()
  const details = new Set<Change>()
  let left = room
  const take = (into: Set<Change>, list: readonly Change[], text: (change: Change) => string): void => {
    for (const change of list) {
      const length = text(change).length + 2
      if (length > left) return
      left -= length
      into.add(change)
    }
  }
  const of = (...wanted: readonly Change['risk'][]) =>
    risks.flatMap(risk => (wanted.includes(risk) ? changes.filter(change => change.risk === risk) : []))
  take(rows, of('destructive', 'rebuild'), rowText)
  take(
    details,
    of('destructive', 'rebuild').filter(change => rows.has(change)),
    detailText,
  )
  take(rows, of('safe'), rowText)
  take(
    details,
    of('safe').filter(change => rows.has(change)),
    detailText,
  )
  return { rows, details }
}

function groupText({ group: { title, changes }, rows, details }: Shown): string {
  const visible = changes.filter(change => rows.has(change))
  const table = ['| | what | risk | why | touches |', '|---|---|---|---|---|', ...visible.map(rowText)].join('\n')
  const detailed = visible
    .filter(change => details.has(change))
    .map(detailText)
    .filter(Boolean)
  const statements = detailed.length === 0 ? [] : [folded('Statements and differences', detailed.join('\n\n'))]
  const rest = changes.length - visible.length
  const more =
    rest === 0 ? [] : [`${counted(rest, 'more change')}: ${summaryText(changes.filter(change => !rows.has(change)))}.`]
  const body = [...(visible.length > 0 ? [table] : []), ...statements, ...more].join('\n\n')
  const safe = changes.every(({ risk }) => risk === 'safe')
  return safe ? folded(`<b>${title}</b>: ${summaryText(changes)}, safe`, body) : `#### ${title}\n\n${body}`
}

function countsText(changes: readonly Change[]): string {
  const parts = risks.flatMap(risk => {
    const count = changes.filter(change => change.risk === risk).length
    if (count === 0) return []
    return [risk === 'safe' ? `${count} safe` : `**${count} ${risk}**`]
  })
  return `${parts.join(', ')}: ${summaryText(changes)}.`
}

function cautionLines(changes: readonly Change[]): string[] {
  const lost = changes.filter(({ risk }) => risk === 'destructive').length
  if (lost === 0) return []
  return [
    `> [!CAUTION]\n> Data would be lost: ${counted(lost, 'change')} that \`apply\` refuses without \`--allow-destructive\`.`,
  ]
}

function findingLines(findings: readonly Diagnostic[], room: number): string[] {
  if (findings.length === 0) return []
  const { shown, more } = fewOfEach(findings, 10)
  const lines = shown.map(({ severity, code: rule, message, fix, span }) => {
    const place = code(shortened(`${span.file}:${span.line}`, 200))
    const text = prose(shortened(message, 400))
    return `- **${severity}** ${code(rule)} ${place} ${text}${fix ? ` → ${prose(shortened(fix, 200))}` : ''}`
  })
  const fitting = lines.filter((_, index) => lines.slice(0, index + 1).join('\n').length < room)
  const cut = lines.length - fitting.length
  const rest = [...more, ...(cut > 0 ? [`${counted(cut, 'more finding')}`] : [])].map(line => `- ${prose(line)}`)
  return [[...fitting, ...rest].join('\n')]
}

/** What becomes of the metrics themselves; many that are only new are folded away. */
function editLines(edits: readonly Edit[]): string[] {
  if (edits.length === 0) return []
  const shown = edits.slice(0, MOST_EDITS).map(({ action, metric, what }) => {
    const text = what.map(part => code(shortened(part, 150))).join(', ')
    return `- ${editWords[action]} ${code(shortened(metric, 100))}${text && `: ${shortened(text, 600)}`}`
  })
  const rest = edits.length - shown.length
  const list = [...shown, ...(rest > 0 ? [`- and ${counted(rest, 'more metric')}`] : [])].join('\n')
  const few = edits.length <= 10 && edits.some(({ action }) => action !== 'add')
  return [few ? list : folded(`<b>Metrics of the file</b>: ${editCounts(edits)}`, list)]
}

function leftOut(changes: readonly Change[], { rows, details }: Omit<Shown, 'group'>): string[] {
  const parts = risks.flatMap(risk => {
    const all = changes.filter(change => change.risk === risk)
    const hidden = all.filter(change => !rows.has(change)).length
    const bare = all.filter(change => rows.has(change) && !details.has(change)).length
    return [
      ...(hidden > 0 ? [counted(hidden, `${risk} change`)] : []),
      ...(bare > 0 ? [`the statements of ${counted(bare, `${risk} change`)}`] : []),
    ]
  })
  return parts.length === 0 ? [] : [`Left out here: ${parts.join(', ')}. \`rtdash plan -v\` shows all.`]
}

function names(list: readonly string[]): string {
  const shown = list.slice(0, 10).map(name => code(shortened(name, 100)))
  return shown.join(', ') + (list.length > shown.length ? ` and ${list.length - shown.length} more` : '')
}
