import type { Span } from '../model/diagnostic.js'

/** Where something stands in a metrics file; counted from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What `test` prints under `--json` (schemas/test.schema.json). */
export interface TestReport {
  readonly ok: boolean
  readonly cases: readonly CaseResult[]
}

export interface CaseResult extends Place {
  readonly name: string
  readonly ok: boolean
  /** One for each expectation that was not met. */
  readonly diff: readonly Difference[]
  /** Events that were not counted: refused at the front door, or sent twice. */
  readonly uncounted: readonly Uncounted[]
}

export interface Difference extends Place {
  readonly metric: string
  /** Since the start, ms. */
  readonly at_ms: number
  /** The instant of the metric's own clock that was read: `at`, or the last refresh before it. */
  readonly read_at_ms: number
  readonly series?: Readonly<Record<string, string>>
  readonly expected: number | null
  readonly actual: number | null
  /** Where one number does not say it all. */
  readonly note?: string
  readonly counted: CountedRows
}

/** The events inside the metric's window that its `where` lets through. */
export interface CountedRows {
  readonly count: number
  /** Events of the source that are outside its window, in another series, or refused by its `where`. */
  readonly others: number
  /** The first of them, oldest first, in the columns that the metric reads; times as offsets from the start. */
  readonly rows: readonly Readonly<Record<string, string | null>>[]
}

export interface Uncounted extends Place {
  readonly source: string
  readonly reason: string
}

export const placeOf = ({ file, line, column }: Span): Place => ({ file, line, column })
