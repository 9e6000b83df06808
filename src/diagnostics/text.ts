import type { Diagnostic } from '../model/diagnostic.js'
import { frame, painter } from './frame.js'
import { printable } from './width.js'

/** Findings for people: a headline `file:line:column severity code  message`, then the line with carets and the fix. */
export function formatText(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  { color }: { readonly color: boolean },
): string {
  const paint = painter(color)
  const lines = new Map([...texts].map(([file, text]) => [file, text.split(/\r\n|\r|\n/)]))
  return diagnostics
    .map(diagnostic => {
      const { severity, code, span, fix } = diagnostic
      const place = paint('bold', `${span.file}:${span.line}:${span.column}`)
      const headline = `${place} ${paint(severity === 'error' ? 'red' : 'yellow', severity)} ${code}  ${printable(diagnostic.message)}`
      const framed = frame(diagnostic, lines.get(span.file), color)
      return `${headline}\n${framed ?? (fix ? `  ${printable(fix)}` : '')}`.trimEnd()
    })
    .join('\n')
}
