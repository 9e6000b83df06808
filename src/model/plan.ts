import type { Span } from './diagnostic.js'
import type { Kind, Resource } from './resource.js'

export type Action = 'create' | 'update' | 'replace' | 'delete'
export type Risk = 'safe' | 'rebuild' | 'destructive'

/** A difference between what the file asks for and what is live, as plain data; text is rendered from it last. */
export interface Change {
  readonly id: string
  readonly kind: Kind
  readonly action: Action
  readonly risk: Risk
  /** One sentence that a reviewer understands. */
  readonly reason: string
  readonly before?: Resource
  readonly after?: Resource
  /** In order; each may run twice with the effect of once. */
  readonly steps: readonly Step[]
  /** Ids of changes that must come first. */
  readonly dependsOn: readonly string[]
  readonly impact?: Impact
  readonly origin?: Span
}

/** One thing done to an engine. `run` names the procedure in the target's apply; its arguments are plain data. */
export interface Step {
  readonly run: string
  readonly title: string
  /** The statement, where the step is one: shown by plan, run by apply. */
  readonly sql?: string
  readonly args?: Readonly<Record<string, string | number>>
}

/** What a change touches, from the live system's own figures. Those that it does not give are left out. */
export interface Impact {
  /** Rows read (by a fill) or lost. */
  readonly rows: number
  /** Bytes on disk that are read or lost. */
  readonly bytes: number
  /** Expected time of a fill, ms. */
  readonly ms?: number
  /** Storage that the change adds with each day of events, bytes. */
  readonly bytesPerDay?: number
  /** Rows written more for each insert of events, on average. */
  readonly rowsPerInsert?: number
  /** Epoch ms from which on new states have values, where raw reaches back less far than what is kept of it. */
  readonly since?: number
}

export interface Plan {
  readonly target: string
  /** Hash of the wanted resources and of what was observed: a saved plan holds for just this pair. */
  readonly fingerprint: string
  /** In order of execution. */
  readonly changes: readonly Change[]
  /** Live, ours, no longer asked for, holding data: kept until told. */
  readonly unused: readonly string[]
  /** What is used as it is since others made it: sentences for people. */
  readonly notes?: readonly string[]
}

export interface ChangeResult {
  readonly id: string
  readonly action: Action
  readonly ok: boolean
  readonly ms: number
  readonly error?: string
}
