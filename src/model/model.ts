import type { ColumnType } from './columnType.js'
import type { Span } from './diagnostic.js'
import type { MeasureExpr, RowExpr } from './expr.js'

/** The metrics file with nothing left open: defaults and tiers applied, names bound, expressions typed. Durations in ms. */
export interface Model {
  readonly project: string
  readonly timezone: string
  /** Concurrent viewers, for the decision tree. */
  readonly viewers?: number
  /** Where keys at the top stand that findings point at: `expect.viewers`, `target` (the chosen one's name). */
  readonly spans?: Readonly<Record<string, Span>>
  readonly sources: readonly Source[]
  readonly metrics: readonly Metric[]
  readonly alerts: readonly Alert[]
  readonly tests: readonly TestCase[]
  readonly target: Target
}

/** Where events come from and what they look like. `null` durations mean forever (retention) or any age (accept). */
export interface Source {
  readonly name: string
  readonly topic: string
  readonly table: string
  readonly timestamp: string
  readonly key?: string
  readonly id?: string
  /** Set exactly when `id` is. */
  readonly dedupMs?: number
  readonly columns: readonly Column[]
  /** Peak events per second, for the decision tree. */
  readonly eventsPerSecond?: number
  readonly latenessMs: number
  readonly accept: { readonly olderMs: number | null; readonly newerMs: number }
  readonly retention: {
    readonly topicMs: number | null
    readonly rawMs: number | null
    readonly rollupMs: number | null
  }
  readonly partitions: number
  readonly replication: number
  readonly format?: TimestampFormat
  readonly span: Span
  /** Where the values of its keys stand, nested ones as `retention.raw`, as far as they are written. */
  readonly spans?: Readonly<Record<string, Span>>
}

/** How a source's JSON writes its timestamp; without it each value is recognised by its shape. */
export type TimestampFormat = 'best_effort' | 'epoch_seconds' | 'epoch_millis'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** Path of a nested JSON field, outermost first; default: the column's own name. */
  readonly from?: readonly string[]
  /** JSON value for an event that lacks the field. */
  readonly default?: JsonValue
  readonly span: Span
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

export type Tier = 1 | 2 | 3
export type Channel = 'ws' | 'sse' | 'poll'
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month'

/** Trailing: the last `ms`. Calendar: since the unit's start in the project's time zone. */
export type Window =
  | { readonly kind: 'trailing'; readonly ms: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit }

export interface Metric {
  readonly name: string
  readonly source: string
  readonly tier: Tier
  readonly measure: MeasureExpr
  readonly where?: RowExpr
  /** Dimensions in the order written. */
  readonly by: readonly string[]
  readonly limit: number
  readonly window: Window
  readonly refreshMs: number
  /** How long after an instant its value is computed: 200, 1000 or 5000 ms by tier (3-semantics.md). */
  readonly settleMs: number
  readonly deliver: Channel
  readonly cacheMs: number
  readonly sla: { readonly latencyMs: number; readonly queryMs: number; readonly lagMs: number }
  readonly unit?: string
  readonly title?: string
  readonly description?: string
  readonly owner?: string
  /** The metric's own key in the file, and where each of its keys' values stand (`measure`, `window`, …). */
  readonly span: Span
  readonly spans: Readonly<Record<string, Span>>
}

export interface Alert {
  readonly name: string
  readonly metric: string
  /** A condition over the one column `value`. */
  readonly when: RowExpr
  readonly forMs: number
  readonly severity: string
  readonly summary?: string
  readonly span: Span
}

/** A case of `tests:`; times are offsets in ms from a fixed start. */
export interface TestCase {
  readonly name: string
  readonly events: Readonly<Record<string, readonly TestEvent[]>>
  readonly expect: readonly TestExpectation[]
  readonly span: Span
}

export interface TestEvent {
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly span: Span
}

export interface TestExpectation {
  readonly atMs: number
  readonly metric: string
  readonly value: number | null
  readonly series?: Readonly<Record<string, string>>
  readonly span: Span
}

/** Where the pipeline runs. Values that came from `${NAME}` are `Secret`s and never printed. */
export interface Target {
  readonly name: string
  readonly clickhouse:
    | { readonly kind: 'embedded' }
    | { readonly kind: 'server'; readonly url: Setting; readonly cluster?: string }
  readonly kafka?: { readonly brokers: Setting; readonly brokerCount?: number }
  readonly flink?: { readonly gateway: Setting; readonly jobmanager?: Setting }
  readonly redis?: { readonly url: Setting }
  readonly push?: { readonly url: Setting }
}

/** A value of the target as written, with `${NAME}` kept: what goes into built files. It is read from the environment when used. */
export interface Setting {
  readonly template: string
  /** Where the file writes it. */
  readonly span?: Span
}
