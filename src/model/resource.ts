import type { Span } from './diagnostic.js'
import type { ServiceConfig } from './serviceConfig.js'

/** A table of our own in plain columns: raw events, dead letters, canaries, values of tier 3, ledger, configuration. */
export interface TableSpec {
  readonly database: string
  readonly name: string
  readonly columns: readonly ColumnSpec[]
  /** `MergeTree`, `AggregatingMergeTree`, `ReplacingMergeTree(version)` … */
  readonly engine: string
  readonly partitionBy?: string
  readonly orderBy: readonly string[]
  /** Column or expression of type DateTime, and how long rows live, in seconds. */
  readonly ttl?: { readonly column: string; readonly seconds: number }
  readonly settings: Readonly<Record<string, string | number>>
  readonly comment: string
  readonly cluster?: string
}

export interface ColumnSpec {
  readonly name: string
  /** ClickHouse's own spelling. */
  readonly type: string
  readonly default?: string
  readonly codec?: string
  readonly comment?: string
}

/** A rollup: its table, and for each state the SQL that computes it from one raw row set. */
export interface RollupSpec {
  readonly table: TableSpec
  readonly source: { readonly database: string; readonly table: string }
  /** `SELECT` list for the keys (bucket and dimensions), in the order of the table. */
  readonly keys: readonly SelectItem[]
  /** One per state, sorted by name: the aggregate over raw rows that fills it. */
  readonly states: readonly SelectItem[]
  /** Which raw rows count at all (canaries do not). */
  readonly where: string
}

export interface SelectItem {
  readonly name: string
  readonly sql: string
}

/** A view that stores nothing, or a refreshable one that appends its rows to a table. */
export interface ViewSpec {
  readonly database: string
  readonly name: string
  readonly select: string
  readonly comment: string
  /** Plain views have none; `insert` fires for each block of `from`; `refresh` runs by the clock. */
  readonly feeds?:
    | { readonly table: string; readonly on: 'insert' }
    | { readonly table: string; readonly on: 'refresh'; readonly everySeconds: number; readonly offsetSeconds: number }
  readonly cluster?: string
}

export interface DatabaseSpec {
  readonly name: string
  readonly cluster?: string
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  /** Topic configuration by Kafka's own names. */
  readonly config: Readonly<Record<string, string>>
}

/** One Flink job: a statement set. Statements in order; `name` is `pipeline.name`. */
export interface FlinkJobSpec {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
  readonly tables: readonly string[]
  readonly inserts: readonly string[]
  /** How far back a job without state begins to read, ms: so that the first window that is waited for is whole. */
  readonly readBackMs: number
}

/** What the running service takes its orders from; one row in the database. */
export interface ServiceSpec {
  readonly database: string
  readonly config: ServiceConfig
}

export interface Specs {
  'clickhouse.database': DatabaseSpec
  'clickhouse.table': TableSpec
  'clickhouse.rollup': RollupSpec
  'clickhouse.view': ViewSpec
  'kafka.topic': TopicSpec
  'flink.job': FlinkJobSpec
  'service.config': ServiceSpec
}

export type Kind = keyof Specs

/** What one engine must hold: plain data in the engine's own terms. */
export interface ResourceOf<K extends Kind> {
  /** `<kind>/<name>`, stable from run to run. */
  readonly id: string
  readonly kind: K
  readonly spec: Specs[K]
  readonly dependsOn: readonly string[]
  /** The line of metrics.yaml that asked for it. */
  readonly origin?: Span
}

export type Resource = { [K in Kind]: ResourceOf<K> }[Kind]
