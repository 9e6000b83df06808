import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { ColumnConfig, ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { createIngest, type Ingest } from './ingest.js'
import type { IngestOptions } from './options.js'

/** A source of shop events, changed as a test needs it. */
export function shopSource(changes: Partial<SourceConfig> = {}): SourceConfig {
  return {
    name: 'events',
    topic: 'shop.events',
    table: 'raw_events',
    deadLetters: 'raw_events_dead_letters',
    canaries: 'raw_events_canaries',
    timestamp: 'ts',
    accept: { olderMs: 7 * 86_400_000, newerMs: 300_000 },
    columns: [
      { name: 'event_id', type: 'UInt64' },
      { name: 'event_type', type: 'LowCardinality(String)' },
      { name: 'user_id', type: 'UInt64' },
      { name: 'value', type: 'Float64' },
      { name: 'ts', type: "DateTime64(3, 'UTC')" },
      { name: 'region', type: 'LowCardinality(String)', from: ['geo', 'region'], default: 'unknown' },
    ],
    ...changes,
  }
}

export function configOf(sources: readonly SourceConfig[], database = 'shop'): ServiceConfig {
  return { hash: 'test', project: 'shop', database, timezone: 'UTC', sources, metrics: [] }
}

const columnList = (columns: readonly ColumnConfig[]): string =>
  columns.map(({ name, type }) => `\`${name}\` ${type}`).join(', ')

const PLACE = '_topic LowCardinality(String), _topic_partition UInt32, _offset UInt64'

/** The tables of a source as the compiler makes them, with `rollups` views behind raw that count events by minute. */
export async function createTables(
  clickhouse: ClickHouse,
  source: SourceConfig,
  rollups = 1,
  database = 'shop',
): Promise<void> {
  const window = 'SETTINGS non_replicated_deduplication_window = 10000'
  await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`)
  await clickhouse.command(
    `CREATE TABLE ${database}.${source.table} (${columnList(source.columns)}, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
     _canary UInt64, ${PLACE}, _batch UInt64, _key UInt64)
     ENGINE = MergeTree PARTITION BY toYYYYMMDD(ingested_at) ORDER BY \`${source.timestamp}\` ${window}`,
  )
  await clickhouse.command(
    `CREATE TABLE ${database}.${source.deadLetters} (received_at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'), reason LowCardinality(String),
     message String, line UInt32, column String, event String, ${PLACE}, _batch UInt64, _key UInt64)
     ENGINE = MergeTree PARTITION BY toYYYYMMDD(received_at) ORDER BY received_at ${window}`,
  )
  for (let i = 0; i < rollups; i++) {
    await clickhouse.command(
      `CREATE TABLE ${database}.rollup_${source.table}_${i} (bucket DateTime('UTC'), n SimpleAggregateFunction(sum, UInt64), newest SimpleAggregateFunction(max, DateTime64(3, 'UTC')))
       ENGINE = AggregatingMergeTree PARTITION BY toYYYYMMDD(bucket) ORDER BY bucket ${window}`,
    )
    await clickhouse.command(
      `CREATE MATERIALIZED VIEW ${database}.rollup_${source.table}_${i}_view TO ${database}.rollup_${source.table}_${i} AS
       SELECT toStartOfInterval(\`${source.timestamp}\`, INTERVAL ${i + 1} SECOND, 'UTC') AS bucket, count() AS n, max(ingested_at) AS newest
       FROM ${database}.${source.table} WHERE _canary = 0 GROUP BY bucket`,
    )
  }
}

export interface TestIngest {
  readonly ingest: Ingest
  readonly url: string
  readonly dir: string
  /** What `config()` returns; assign to change the configuration. */
  current: ServiceConfig | undefined
  post(
    body: string | Uint8Array,
    headers?: Record<string, string>,
    source?: string,
  ): Promise<{ status: number; body: PostBody; headers: Headers }>
  stop(): Promise<void>
}

export interface PostBody {
  readonly accepted?: number
  readonly rejected?: number
  readonly errors?: readonly { line: number; column: string | null; message: string }[]
  readonly error?: string
  readonly message?: string
}

/** An ingest behind a server of its own on a free port. */
export async function testIngest(
  clickhouse: ClickHouse,
  config: ServiceConfig | undefined,
  options: Partial<IngestOptions> = {},
): Promise<TestIngest> {
  const dir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'rtdash-ingest-'))
  const holder = { current: config }
  const ingest = createIngest({
    config: () => holder.current,
    clickhouse,
    tokens: [],
    log: () => {},
    ...options,
    stateDir: dir,
  })
  ingest.start()
  const server = createServer(
    (request, response) => void ingest.handle(request, response, request.url!.split('/')[2] ?? ''),
  )
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(holder, {
    ingest,
    url,
    dir,
    async post(body: string | Uint8Array, headers: Record<string, string> = {}, source = 'events') {
      const answer = await fetch(`${url}/ingest/${source}`, { method: 'POST', body: body as string, headers })
      return { status: answer.status, body: (await answer.json()) as PostBody, headers: answer.headers }
    },
    async stop() {
      await ingest.stop()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      if (options.stateDir === undefined) rmSync(dir, { recursive: true, force: true })
    },
  })
}
