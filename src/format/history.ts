import type { Entry, Outcome } from '../ledger/ledger.js'
import { counted } from './counted.js'
import { summaryText } from './planSummary.js'
import { duration } from './quantity.js'
import type { Style } from './style.js'
import { table } from './table.js'

/** `history --json` (schemas/history.schema.json). */
export function historyDocument(entries: readonly Entry[]) {
  return {
    ok: true,
    applies: entries.map(({ id, at, ended, outcome, command, backTo, target, by, fingerprint, changes, files }) => ({
      id,
      at: new Date(at).toISOString(),
      ...(ended !== undefined && { ms: ended - at }),
      outcome,
      command,
      ...(backTo !== undefined && { back_to: backTo }),
      target,
      by,
      fingerprint,
      changes,
      files: (files ?? []).map(([path]) => path),
    })),
  }
}

/** One line for each apply. */
export function historyText(entries: readonly Entry[], style: Style): string {
  if (entries.length === 0) return 'nothing has been applied'
  return table(
    entries.map(entry => [
      timeText(entry.at),
      style.bold(entry.id),
      outcomeText(entry.outcome, style),
      commandText(entry),
      entry.by.who || style.dim('unknown'),
      commitText(entry, style),
      summaryText(entry.changes),
    ]),
  )
}

/** One apply with its changes. */
export function entryText(entry: Entry, style: Style): string {
  const { id, at, ended, outcome, target, by, changes, files = [] } = entry
  const took = ended === undefined ? '' : `, ${duration(ended - at)}`
  const lines = [
    `${style.bold(id)}  ${outcomeText(outcome, style)}  ${commandText(entry)} to ${target}, ${timeText(at)}${took}`,
    `by ${by.who || 'unknown'}${by.commit === undefined ? '' : `, from commit ${by.commit}${by.dirty ? ', with changes that are not in it' : ''}`}`,
    ...(by.run === undefined ? [] : [by.run]),
    ...(files.length > 0 ? [`${counted(files.length, 'file')}: ${files.map(([path]) => path).join(', ')}`] : []),
    '',
    ...changes.map(change => {
      const mark = change.ok === undefined ? ' ' : change.ok ? style.green('✓') : style.red('✗')
      return `${mark} ${change.action} ${change.id}${change.error === undefined ? '' : `\n    ${change.error}`}`
    }),
  ]
  return lines.join('\n')
}

const timeText = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')

function outcomeText(outcome: Outcome, style: Style): string {
  if (outcome === 'ok') return style.green(outcome)
  return outcome === 'failed' ? style.red(outcome) : style.yellow(outcome)
}

const commandText = ({ command, backTo }: Entry): string => (backTo === undefined ? command : `${command} to ${backTo}`)

const commitText = ({ by }: Entry, style: Style): string =>
  by.commit === undefined ? style.dim('no commit') : `${by.commit.slice(0, 10)}${by.dirty ? ' (dirty)' : ''}`
