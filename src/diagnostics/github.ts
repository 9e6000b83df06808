import type { Diagnostic } from '../model/diagnostic.js'

/** Findings as GitHub workflow commands, one a line: they show up beside the changed lines of a pull request. */
export function formatGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ severity, code, message, span, fix }) => {
      const properties = {
        file: span.file,
        line: span.line,
        endLine: span.endLine,
        col: span.column,
        // GitHub ignores columns of a range over several lines.
        ...(span.endLine === span.line ? { endColumn: span.endColumn } : {}),
        title: code,
      }
      const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
      return `::${severity} ${written.join(',')}::${escapeData(fix ? `${message} (${fix})` : message)}`
    })
    .join('\n')
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
