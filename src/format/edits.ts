import { printable } from '../diagnostics/width.js'
import type { Edit } from '../plan/edits.js'
import type { Style } from './style.js'

/** What becomes of a metric, in a word. */
export const editWords: Readonly<Record<Edit['action'], string>> = { remove: 'gone', change: 'changed', add: 'new' }

/** `1 gone, 2 changed, 30 new`. */
export function editCounts(edits: readonly Edit[]): string {
  const parts = (['remove', 'change', 'add'] as const).flatMap(action => {
    const count = edits.filter(edit => edit.action === action).length
    return count === 0 ? [] : [`${count} ${editWords[action]}`]
  })
  return parts.join(', ')
}

/** A line for each metric that is gone, changed or new; at most `most`, and how many more there are. */
export function editsText(edits: readonly Edit[], style: Style, most: number): string[] {
  const lines = edits.slice(0, most).map(({ action, metric, what }) => {
    const mark = { remove: style.red('-'), change: style.yellow('~'), add: style.green('+') }[action]
    return `${mark} metric ${style.bold(metric)}${what.length === 0 ? '' : `  ${printable(what.join(', '))}`}`
  })
  if (edits.length <= most) return lines
  return [...lines, style.dim(`  and ${edits.length - most} more: ${editCounts(edits.slice(most))}`)]
}
