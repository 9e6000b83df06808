import { styleText } from 'node:util'
import { withoutAccounts } from '../config/accounts.js'
import type { Diagnostic } from '../model/diagnostic.js'
import { cells, printable } from './width.js'

/** Longest part of a line that a frame shows, in characters. */
const maxShown = 160

/** The line of the file with carets under the finding, and its fix behind them; undefined where the file has no such line. */
export function frame(
  diagnostic: Diagnostic,
  lines: readonly string[] | undefined,
  color: boolean,
): string | undefined {
  const { line, column, endLine, endColumn } = diagnostic.span
  const written = lines?.[line - 1]
  if (written === undefined) return undefined
  const full = withoutAccounts(written, secret => '*'.repeat(secret.length))
  const from = column > maxShown ? column - 1 - maxShown / 2 : 0
  const shown = full.slice(from, from + maxShown)
  const start = Math.min(column - 1 - from, shown.length)
  const end = endLine > line ? shown.trimEnd().length : Math.min(endColumn - 1 - from, shown.length)
  const marked = cells(printable(shown.slice(start, Math.max(start, end))))
  const paint = painter(color)
  const number = String(line)
  const gutter = ' '.repeat(number.length)
  const lead = from > 0 ? '…' : ''
  const indent = ' '.repeat(lead.length + cells(printable(shown.slice(0, start))))
  const carets = paint(diagnostic.severity === 'error' ? 'red' : 'yellow', '^'.repeat(Math.max(1, marked)))
  return [
    `  ${paint('dim', `${number} |`)} ${lead}${printable(shown)}${from + maxShown < full.length ? '…' : ''}`,
    `  ${gutter} ${paint('dim', '|')} ${indent}${carets}${diagnostic.fix ? `  ${printable(diagnostic.fix)}` : ''}`,
  ].join('\n')
}

type Paint = (style: 'red' | 'yellow' | 'dim' | 'bold', text: string) => string

/** Colours when wanted; the caller has already looked at the terminal and NO_COLOR. */
export const painter =
  (color: boolean): Paint =>
  (style, text) =>
    color ? styleText(style, text, { validateStream: false }) : text
