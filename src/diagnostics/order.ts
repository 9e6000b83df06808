import type { Diagnostic } from '../model/diagnostic.js'

/** Sorted by file, line and column, and each code once at a place. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<string, Diagnostic>()
  for (const diagnostic of diagnostics) {
    const { file, line, column } = diagnostic.span
    const key = JSON.stringify([file, line, column, diagnostic.code])
    if (!seen.has(key)) seen.set(key, diagnostic)
  }
  return [...seen.values()].sort(
    (a, b) =>
      compare(a.span.file, b.span.file) ||
      a.span.line - b.span.line ||
      a.span.column - b.span.column ||
      compare(a.code, b.code),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
