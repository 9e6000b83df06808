import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { createBatch, newToken } from '../../src/service/ingest/batch.js'
import { createClickHouseSink } from '../../src/service/ingest/clickhouseSink.js'
import { testIngest } from '../../src/service/ingest/testing.js'
import { statementsOf } from '../../src/targets/clickhouse/files.js'
import { random } from './random.js'
import { type Shards, startShards } from './shards.js'

// A `cluster:` target on two shards. What needs Keeper, which the embedded servers lack, is left out of the DDL here:
// ON CLUSTER (each statement is run on both) and the copies of the Replicated engines.

let shards: Shards
beforeAll(async () => {
  shards = await startShards()
})
afterAll(() => shards?.stop())

const columns = {
  event_id: 'UInt64',
  ts: 'DateTime64(3)',
  value: 'Float64',
  user: 'UInt32',
  region: 'LowCardinality(String)',
}
const minute = { window: trailing(60_000), by: ['region'] }
const metrics: Record<string, ShortMetric> = {
  counts: { measure: 'count()', ...minute },
  sums: { measure: 'sum(value)', ...minute },
  rate: { measure: 'count() filter (where value > 5) / count()', ...minute },
  users: { measure: 'uniq_exact(user)', ...minute },
  about: { measure: 'uniq(user)', ...minute },
  p99: { measure: 'quantile(0.99, value)', ...minute },
  highest: { measure: 'max(value)', window: trailing(60_000) },
  today: { measure: 'sum(value)', window: { kind: 'calendar', unit: 'day' } },
}

const made = (project: string, cluster?: string): Compiled =>
  compile(
    testModel(columns, metrics, {
      project,
      source: { id: 'event_id', dedupMs: 60_000 },
      target: {
        name: 'prod',
        clickhouse: { kind: 'server', url: { template: 'http://x' }, ...(cluster !== undefined && { cluster }) },
      },
    }),
  )

const withoutKeeper = (sql: string): string =>
  sql
    .replace(' ON CLUSTER `main`', '')
    .replace(/= Replicated(\w+)\('[^']*', '[^']*'\)/, '= $1()')
    .replaceAll('replicated_deduplication_window', 'non_replicated_deduplication_window')

const KINDS = ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view']

async function create({ resources }: Compiled, on: Shards['clients'][number][], change = (sql: string) => sql) {
  // Distributed tables over rollups come after those.
  const ordered = KINDS.flatMap(kind => resources.filter(resource => resource.kind === kind))
  const later = ordered.filter(({ spec }) => 'engine' in spec && spec.engine.startsWith('Distributed'))
  const views = ordered.filter(({ kind }) => kind === 'clickhouse.view')
  const first = ordered.filter(resource => !later.includes(resource) && !views.includes(resource))
  for (const resource of [...first, ...later, ...views])
    for (const sql of statementsOf(resource)) for (const client of on) await client.command(change(sql))
}

const countOf = async (client: Shards['clients'][number], table: string): Promise<number> =>
  Number((await client.query<{ n: string }>(`SELECT count() AS n FROM ${table}`))[0]!.n)

test('events lie in both shards when they are acknowledged, and each shard answers as one server with all of them', async () => {
  const parts = made('parts', 'main')
  const whole = made('whole')
  await create(parts, [...shards.clients], withoutKeeper)
  await create(whole, [shards.clients[0]])
  const next = random(3)
  const now = Date.now()
  const events = Array.from({ length: 4000 }, (_, i) => ({
    event_id: i,
    ts: now - Math.floor(next() * 50_000),
    value: Math.floor(next() * 1e6) / 1024,
    user: Math.floor(next() * 500),
    region: ['eu', 'us', 'ap'][Math.floor(next() * 3)],
  }))
  const lines = events.map(event => JSON.stringify(event)).join('\n')
  for (const { service } of [parts, whole]) {
    const door = await testIngest(shards.clients[0], service)
    const { body } = await door.post(lines)
    expect(body).toMatchObject({ accepted: 4000, rejected: 0 })
    // Acknowledged is stored, in the other shard too.
    if (service === parts.service) expect(await countOf(shards.clients[1], 'parts.raw_events')).toBe(4000)
    await door.stop()
  }
  const own = await Promise.all(shards.clients.map(client => countOf(client, 'parts.raw_events_local')))
  expect(own[0]! + own[1]!).toBe(4000)
  expect(Math.min(...own)).toBeGreaterThan(1000)
  for (const { name, query } of parts.service.metrics) {
    const alone = whole.service.metrics.find(metric => metric.name === name)!
    for (const back of [0, 10_000, 30_000]) {
      const asof = new Date(Math.floor((now - back) / 5000) * 5000)
      const wanted = await shards.clients[0].query(alone.query, { asof })
      expect(wanted.length).toBeGreaterThan(0)
      for (const client of shards.clients)
        expect(await client.query(query, { asof }), `${name} -${back}`).toEqual(wanted)
    }
  }
})

test('a batch that is sent again counts once in every shard and rollup', async () => {
  const parts = made('again', 'main')
  await create(parts, [...shards.clients], withoutKeeper)
  const now = Date.now()
  const rows = Array.from({ length: 1000 }, (_, i) => {
    const row = Buffer.alloc(8 + 8 + 8 + 8)
    row.writeBigUInt64LE(BigInt(i), 8)
    row.writeBigInt64LE(BigInt(now - i), 16)
    row.writeDoubleLE(i, 24)
    return row
  })
  const insert = {
    database: 'again',
    table: 'raw_events',
    kind: 'raw',
    columns: [
      { name: '_batch', type: 'UInt64' },
      { name: 'event_id', type: 'UInt64' },
      { name: 'ts', type: "DateTime64(3, 'UTC')" },
      { name: 'value', type: 'Float64' },
    ],
    rows: { bytes: Buffer.concat(rows), starts: Uint32Array.from(rows, (_, i) => i * 32) },
  } as const
  const batch = createBatch([insert], now, newToken(now))
  const { query } = parts.service.metrics.find(({ name }) => name === 'counts')!
  const counted = async (): Promise<number> => {
    const asof = new Date(Math.floor(now / 5000 + 1) * 5000)
    const values = await shards.clients[1].query<{ total: number; value: number }>(query, { asof })
    return values.find(({ total }) => total === 1)!.value
  }
  for (const client of [shards.clients[0], shards.clients[0], shards.clients[1]]) {
    const sink = createClickHouseSink({
      clickhouse: client,
      log: message => expect.fail(message),
      signal: new AbortController().signal,
      onTrouble: () => {},
    })
    await sink.resend(batch)
    expect(await countOf(shards.clients[1], 'again.raw_events')).toBe(1000)
    expect(await counted()).toBe(1000)
  }
})
