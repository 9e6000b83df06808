/** A place in a metrics file; lines and columns count from 1, the end is exclusive. */
export interface Span {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export type Severity = 'error' | 'warning'

/** One finding. `code` names the rule's documentation page; `fix` is the way out, one short sentence. */
export interface Diagnostic {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly span: Span
  readonly fix?: string
}
