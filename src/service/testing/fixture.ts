import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig, ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { contentHash } from '../../naming.js'
import { instantText } from '../publish/asof.js'

/** A small pipeline made by hand: one source, one rollup of 250 ms buckets, its canaries, the configuration table. */
export async function createPipeline(db: ClickHouse, database: string): Promise<void> {
  const statements = [
    `CREATE DATABASE ${database}`,
    `CREATE TABLE ${database}.events (
       event_type LowCardinality(String), region LowCardinality(String), amount Decimal(18, 4), ts DateTime64(3, 'UTC'),
       ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'), _canary UInt64, _batch UInt64, _key UInt64
     ) ENGINE = MergeTree PARTITION BY toYYYYMMDD(ingested_at) ORDER BY ts
     SETTINGS non_replicated_deduplication_window = 10000`,
    `CREATE TABLE ${database}.events_dead_letters (
       received_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'), reason LowCardinality(String), message String,
       line UInt32, column String, event String, _batch UInt64, _key UInt64
     ) ENGINE = MergeTree ORDER BY received_at SETTINGS non_replicated_deduplication_window = 10000`,
    `CREATE TABLE ${database}.rollup (
       bucket DateTime64(3, 'UTC'), region LowCardinality(String), n SimpleAggregateFunction(sum, UInt64),
       errors SimpleAggregateFunction(sum, UInt64), amount SimpleAggregateFunction(sum, Decimal(38, 4))
     ) ENGINE = AggregatingMergeTree ORDER BY (bucket, region) SETTINGS non_replicated_deduplication_window = 10000`,
    `CREATE MATERIALIZED VIEW ${database}.rollup_view TO ${database}.rollup AS
       SELECT toDateTime64(toStartOfInterval(ts, INTERVAL 250 millisecond), 3, 'UTC') AS bucket, region, count() AS n,
         countIf(event_type = 'error') AS errors, sum(amount) AS amount
       FROM ${database}.events WHERE _canary = 0 GROUP BY bucket, region`,
    `CREATE TABLE ${database}.events_canaries (
       sent DateTime64(3, 'UTC'), ts DateTime64(3, 'UTC'), ingested_at DateTime64(3, 'UTC')
     ) ENGINE = MergeTree ORDER BY ts`,
    `CREATE MATERIALIZED VIEW ${database}.canaries_view TO ${database}.events_canaries AS
       SELECT fromUnixTimestamp64Milli(toInt64(_canary), 'UTC') AS sent, ts, ingested_at
       FROM ${database}.events WHERE _canary != 0`,
    `CREATE TABLE ${database}._rtdash_config (applied_at DateTime64(3, 'UTC'), hash String, config String)
     ENGINE = MergeTree ORDER BY applied_at`,
  ]
  for (const statement of statements) await db.command(statement)
}

/** An event of the source; `at` in epoch ms. */
export interface TestEvent {
  readonly at: number
  readonly type?: string
  readonly region?: string
  readonly amount?: string
  readonly canary?: number
}

export async function insertEvents(db: ClickHouse, database: string, events: readonly TestEvent[]): Promise<void> {
  const rows = events.map(({ at, type = 'request', region = 'eu', amount = '0', canary = 0 }) =>
    JSON.stringify({ event_type: type, region, amount, ts: instantText(at), _canary: canary }),
  )
  await db.insert(`${database}.events (event_type, region, amount, ts, _canary)`, rows.join('\n'), 'JSONEachRow', {
    async_insert: 0,
  })
}

const source: SourceConfig = {
  name: 'events',
  topic: 'events',
  table: 'events',
  deadLetters: 'events_dead_letters',
  canaries: 'events_canaries',
  timestamp: 'ts',
  accept: { olderMs: null, newerMs: 300_000 },
  columns: [
    { name: 'event_type', type: 'LowCardinality(String)' },
    { name: 'region', type: 'LowCardinality(String)' },
    { name: 'amount', type: 'Decimal(18, 4)' },
    { name: 'ts', type: 'DateTime64(3)' },
  ],
}

interface Definition {
  readonly name: string
  /** Over `n`, `errors`, `amount` of the rollup. */
  readonly value: string
  readonly exact?: string
  readonly windowMs: number
  readonly refreshMs: number
  readonly by?: boolean
  readonly empty: number | null
}

/** A metric in the form the compiler gives it. Tier 1 where it refreshes faster than a second. */
export function metric(database: string, definition: Definition, over: Partial<MetricConfig> = {}): MetricConfig {
  const { name, value, exact = 'CAST(NULL AS Nullable(String))', windowMs, refreshMs, by = false, empty } = definition
  const tier = refreshMs < 1000 ? 1 : 2
  const select = `CAST(${value} AS Nullable(Float64)) AS value, ${exact} AS exact`
  const asof = "{asof:DateTime64(3,'UTC')}"
  const from = `FROM ${database}.rollup WHERE bucket >= ${asof} - INTERVAL ${windowMs} MILLISECOND AND bucket < ${asof}`
  const query = by
    ? `SELECT total, by_region, value, exact FROM (
         SELECT toUInt8(grouping(region)) AS total, if(total = 1, NULL, toString(region)) AS by_region, ${select}
         ${from} GROUP BY GROUPING SETS ((), (region)) ORDER BY total DESC, value DESC, by_region LIMIT ${(over.limit ?? 100) + 2})`
    : `SELECT toUInt8(1) AS total, ${select} ${from}`
  const history = `SELECT asof, ${select} FROM (SELECT arrayJoin({asofs:Array(DateTime64(3,'UTC'))}) AS asof) AS a
    CROSS JOIN ${database}.rollup WHERE bucket >= asof - INTERVAL ${windowMs} MILLISECOND AND bucket < asof GROUP BY asof`
  return {
    name,
    source: 'events',
    tier,
    by: by ? ['region'] : [],
    limit: 100,
    window: { trailingMs: windowMs },
    refreshMs,
    settleMs: tier === 1 ? 200 : 1000,
    cacheMs: refreshMs,
    deliver: tier === 1 ? 'ws' : 'sse',
    sla: { latencyMs: 30_000, queryMs: 100, lagMs: 30_000 },
    query,
    history,
    empty,
    bucketMs: 250,
    ...over,
  }
}

/** Requests by region (tier 1), error rate, and revenue with all digits. */
export const metrics = (database: string): MetricConfig[] => [
  metric(database, { name: 'requests', value: 'sum(n)', windowMs: 1000, refreshMs: 250, by: true, empty: 0 }),
  metric(database, {
    name: 'error_rate',
    value: 'if(sum(n) = 0, NULL, sum(errors) / sum(n))',
    windowMs: 10_000,
    refreshMs: 1000,
    empty: null,
  }),
  metric(database, {
    name: 'revenue',
    value: 'toFloat64(sum(amount))',
    exact: 'CAST(toString(sum(amount)) AS Nullable(String))',
    windowMs: 60_000,
    refreshMs: 500,
    empty: 0,
  }),
]

export function serviceConfig(database: string, list: readonly MetricConfig[]): ServiceConfig {
  const body = { project: database, database, timezone: 'UTC', sources: [source], metrics: list }
  return { hash: contentHash(JSON.stringify(body)), ...body }
}

/** What apply does: writes the configuration that the service takes up. */
export async function applyConfig(db: ClickHouse, config: ServiceConfig): Promise<void> {
  const row = { applied_at: instantText(Date.now()), hash: config.hash, config: JSON.stringify(config) }
  await db.insert(`${config.database}._rtdash_config`, JSON.stringify(row), 'JSONEachRow', { async_insert: 0 })
}
