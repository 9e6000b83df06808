import type { Diagnostic, Span } from '../model/diagnostic.js'

/** Where stages put what they find; all of it is shown, not only the first. */
export interface Findings {
  readonly all: readonly Diagnostic[]
  error(code: string, span: Span, message: string, fix?: string): void
  warning(code: string, span: Span, message: string, fix?: string): void
}

export function createFindings(): Findings {
  const all: Diagnostic[] = []
  const add = (severity: Diagnostic['severity']) => (code: string, span: Span, message: string, fix?: string) => {
    all.push({ code, severity, message, span, ...(fix === undefined ? {} : { fix }) })
  }
  return { all, error: add('error'), warning: add('warning') }
}
