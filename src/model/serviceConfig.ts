import type { CalendarUnit, Channel, JsonValue, Tier, TimestampFormat } from './model.js'

/**
 * All that the running service needs, as plain JSON: compiled, kept as the newest row of `_rtdash_config`, taken up
 * without a restart. It holds no secret. Durations in ms.
 */
export interface ServiceConfig {
  /** Hash of everything else here: what `/healthz` shows and `verify` compares. */
  readonly hash: string
  readonly project: string
  readonly database: string
  readonly timezone: string
  readonly sources: readonly SourceConfig[]
  readonly metrics: readonly MetricConfig[]
}

export interface SourceConfig {
  readonly name: string
  readonly topic: string
  /** Table of raw events, without the database. */
  readonly table: string
  readonly deadLetters: string
  /** Table that a view fills with the canaries of this source: columns sent DateTime64(3), ts DateTime64(3), ingested_at. */
  readonly canaries: string
  readonly timestamp: string
  readonly format?: TimestampFormat
  readonly key?: string
  readonly id?: string
  readonly dedupMs?: number
  readonly accept: { readonly olderMs: number | null; readonly newerMs: number }
  readonly columns: readonly ColumnConfig[]
  readonly eventsPerSecond?: number
}

export interface ColumnConfig {
  readonly name: string
  /** ClickHouse's spelling, as `parseColumnType` reads it. */
  readonly type: string
  readonly from?: readonly string[]
  readonly default?: JsonValue
}

export interface MetricConfig {
  readonly name: string
  readonly source: string
  readonly tier: Tier
  readonly title?: string
  readonly description?: string
  readonly unit?: string
  readonly owner?: string
  readonly by: readonly string[]
  readonly limit: number
  readonly window: { readonly trailingMs: number } | { readonly calendar: CalendarUnit }
  readonly refreshMs: number
  readonly settleMs: number
  readonly cacheMs: number
  readonly deliver: Channel
  readonly sla: { readonly latencyMs: number; readonly queryMs: number; readonly lagMs: number }
  /**
   * One refresh. Parameter `asof DateTime64(3,'UTC')`. Rows: `total UInt8` (1 on the one row of the total), the
   * dimensions as Nullable(String) under their own names prefixed `by_`, `value Nullable(Float64)`, and
   * `exact Nullable(String)` for decimals and integers beyond 2^53. Total first, then series, largest value first,
   * at most `limit` + 1 of them: one more than `limit` means truncated.
   */
  readonly query: string
  /** Same columns after `asof DateTime64(3,'UTC')`; parameter `asofs Array(DateTime64(3,'UTC'))`: total only, one row for each instant. */
  readonly history: string
  /** Tier 3 where a refreshable view computes: the newest stored rows at or before `asof`, same columns as `query`, plus `timestamp`. */
  readonly stored?: string
  /**
   * Where Flink computes it: its values come on the updates topic, and one that has not come `waitMs` after its window's
   * end is computed by `query`. Records of another `meaning` are another definition's.
   */
  readonly streamed?: { readonly waitMs: number; readonly meaning: string }
  /** The value of an empty window: 0 or null. */
  readonly empty: number | null
  /** Fine buckets reached by the rollups, in ms: history is exact on multiples of it. */
  readonly bucketMs: number
}
