/** What `verify --json` prints (schemas/verify.schema.json). */
export interface VerifyReport {
  /** No check failed, and something was measured: a skip is never a pass. */
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
  readonly stages: readonly StageTimes[]
}

/** One thing measured against one promise. `observed` and `limit` are in `unit`. */
export interface CheckResult extends Finding {
  /** Stable name of the check. */
  readonly id: string
  readonly group: Group
}

/** The kinds of check of 2-cli.md. */
export type Group = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** What a check says, without which check it is. */
export interface Finding {
  readonly metric?: string
  readonly source?: string
  readonly rollup?: string
  readonly observed: number | string | null
  readonly limit: number | string | null
  readonly unit?: string
  readonly verdict: 'pass' | 'fail' | 'skipped'
  /** Why it failed or was skipped. */
  readonly reason?: string
  /** More figures, for people. */
  readonly detail?: string
}

/** How long one stage of the way took, over all canaries; null where none came through. */
export interface StageTimes {
  readonly metric: string
  readonly stage: Stage
  readonly p50_ms: number | null
  readonly p99_ms: number | null
}

/**
 * `ingest`: sent → stored, or for a metric of Flink's in the topic. `view`: from there → the refresh that counts it is
 * due. `query`: due → computed and handed to the fan-out. `push`: from there to the viewer. `total` is the sum, canary by canary.
 */
export type Stage = 'ingest' | 'view' | 'query' | 'push' | 'total'
