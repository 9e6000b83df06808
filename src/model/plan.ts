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

/** What a change touches, from the live system's own figures. */
export interface Impact {
  readonly rows: number
  readonly bytes: number
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
