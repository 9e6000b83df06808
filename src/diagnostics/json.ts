import type { Diagnostic } from '../model/diagnostic.js'

export interface ValidateDocument {
  readonly ok: boolean
  readonly findings: readonly {
    readonly code: string
    readonly severity: 'error' | 'warning'
    readonly file: string
    readonly line: number
    readonly column: number
    readonly message: string
    readonly fix?: string
  }[]
}

/** What `validate --json` prints (schemas/validate.schema.json); `ok` means no error, warnings may remain. */
export function toJson(diagnostics: readonly Diagnostic[]): ValidateDocument {
  return {
    ok: diagnostics.every(diagnostic => diagnostic.severity !== 'error'),
    findings: diagnostics.map(({ code, severity, span, message, fix }) => ({
      code,
      severity,
      file: span.file,
      line: span.line,
      column: span.column,
      message,
      ...(fix === undefined ? {} : { fix }),
    })),
  }
}
