import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '../config/check.js'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import type { Model } from '../model/model.js'
import { runTests } from '../testCases/run.js'
import { mapType } from './columnTypes.js'
import { createShape } from './json.js'
import type { SourceProfile } from './profile.js'
import { profileTable } from './table.js'
import { metricsFile, namesOf } from './write.js'

let ch: TestClickHouse
const dir = mkdtempSync(join(tmpdir(), 'rtdash-import-'))
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(async () => {
  await ch.stop()
  rmSync(dir, { recursive: true })
})

/** The model of a generated file; any error in it fails the test. */
async function valid(text: string): Promise<Model> {
  const file = join(dir, 'metrics.yaml')
  writeFileSync(file, text)
  const { model, diagnostics } = await check(file, { target: 'local' })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return model!
}

describe('from a table', () => {
  test('orders: roles, dimensions, metrics, reasons', async () => {
    await ch.client.command(`CREATE TABLE default.orders (
      order_id UInt64, created_at DateTime('Europe/Berlin'), shipped Nullable(DateTime64(6)), customer_id UInt32,
      country String, state Enum16('new' = 1, 'paid' = 2, 'failed' = 3), amount Decimal(12, 2), note Nullable(String),
      latency_ms Float32, tags Array(String), \`strange name\` String, _internal UInt8, code FixedString(4),
      doubled UInt64 ALIAS order_id * 2
    ) ENGINE = MergeTree ORDER BY created_at`)
    await ch.client.command(`INSERT INTO default.orders
      SELECT number, now() - number, NULL, number % 500, ['DE', 'FR', 'IT'][number % 3 + 1], number % 3 + 1, number / 7, NULL,
        number % 90, [], 'x', 0, 'abcd' FROM numbers(20000)`)
    const profile = await profileTable(ch.client, 'default.orders')
    const text = metricsFile(profile)
    const model = await valid(text)
    const [source] = model.sources
    expect(model.project).toBe('imported')
    expect(source).toMatchObject({
      name: 'orders',
      table: 'raw_orders',
      timestamp: 'created_at',
      id: 'order_id',
      key: 'customer_id',
    })
    expect(source!.columns.map(({ name }) => name)).toEqual([
      'order_id',
      'created_at',
      'shipped',
      'customer_id',
      'country',
      'state',
      'amount',
      'note',
      'latency_ms',
      'code',
    ])
    expect(profile.leftOut.map(({ name }) => name)).toEqual(['tags', 'strange name', '_internal', 'doubled'])
    expect(model.metrics.map(({ name }) => name)).toEqual([
      'orders_per_second',
      'error_rate',
      'p99_latency_ms',
      'amount_today',
      'active_customers_today',
    ])
    expect(text).toContain('country: LowCardinality(String)  # 3 different values in 20,000 rows')
    expect(text).toContain('measure: "count() filter (where state = \'failed\') / count()"')
    expect(text).toContain('# left out: tags (Array(String) is no type of a source’s column)')
    expect(text).toMatch(
      /created_at: DateTime64\(3\) {2}# was DateTime; windows need milliseconds; was in Europe\/Berlin/,
    )
    // It compiles, and runs.
    expect(await runTests(ch.client, model)).toEqual({ ok: true, cases: [] })
  })

  test('an empty table, and one of numbers and times alone', async () => {
    await ch.client.command('CREATE TABLE default.empty (at DateTime64(3), x Float64) ENGINE = MergeTree ORDER BY at')
    expect((await valid(metricsFile(await profileTable(ch.client, 'empty')))).metrics).toHaveLength(1)
    await ch.client.command(
      'CREATE TABLE default.sensors (time DateTime, a Float64, b Nullable(Int16)) ENGINE = MergeTree ORDER BY time',
    )
    await ch.client.command(
      'INSERT INTO default.sensors SELECT now() - number, number / 3, if(number % 2 = 0, NULL, number % 100) FROM numbers(1000)',
    )
    const model = await valid(metricsFile(await profileTable(ch.client, 'default.sensors')))
    expect(model.metrics.map(({ name }) => name)).toEqual(['sensors_per_second', 'mean_a'])
  })

  test('what cannot be, with a way out', async () => {
    await expect(profileTable(ch.client, 'default.nothing')).rejects.toThrow('there is no table default.nothing')
    await ch.client.command('CREATE TABLE default.timeless (x UInt8) ENGINE = MergeTree ORDER BY x')
    const timeless = await profileTable(ch.client, 'default.timeless')
    expect(() => metricsFile(timeless)).toThrow('default.timeless has no column of a time')
  })
})

test.each([
  ['LowCardinality(Nullable(String))', { type: 'LowCardinality(Nullable(String))' }],
  ["DateTime64(6, 'UTC')", { type: 'DateTime64(6)' }],
  ["DateTime64(3, 'Asia/Tokyo')", { type: 'DateTime64(3)', note: expect.stringContaining('Asia/Tokyo') }],
  ["Nullable(Enum16('a' = 1, 'b' = -3))", { type: "Nullable(Enum8('a' = 1, 'b' = -3))", note: 'was Enum16' }],
  ["Enum16('a' = 1000)", { type: 'LowCardinality(String)', note: 'was Enum16' }],
  ['Map(String, UInt8)', { why: expect.stringContaining('Map(String, UInt8)') }],
  ['Nullable(Tuple(UInt8))', { why: expect.any(String) }],
])('type %s', (text, mapped) => expect(mapType(text)).toEqual(mapped))

describe('from JSON records', () => {
  const profileOf = (events: readonly unknown[], rest: Partial<SourceProfile> = {}): SourceProfile => {
    const shape = createShape()
    for (const event of events) expect(shape.add(Buffer.from(JSON.stringify(event)))).toBeUndefined()
    const { columns, leftOut, sampled } = shape.profile()
    return {
      kind: 'topic',
      from: 'page-views',
      columns,
      leftOut,
      sampled,
      peak: 12,
      partitions: 6,
      replication: 1,
      ...rest,
    }
  }
  const many = (make: (i: number) => unknown): unknown[] => Array.from({ length: 200 }, (_, i) => make(i))

  test('nested fields, times as numbers, kinds that mix, fields that are sometimes missing', async () => {
    const profile = profileOf(
      many(i => ({
        event_id: i,
        ts: 1_764_000_000_000 + i,
        geo: { country: ['de', 'fr'][i % 2], point: { lat: 1.5 + i, deep: { er: { est: 1 } } } },
        user: { id: `u${i % 20}` },
        status: [200, 404, 500][i % 3],
        duration_ms: i / 3,
        ok: i % 2 === 0,
        mixed: i % 2 === 0 ? i : 'text',
        tags: ['a'],
        ...(i % 4 === 0 && { price: 9.5 }),
        'bad key': 1,
      })),
      { format: 'epoch_millis' },
    )
    const text = metricsFile(profile)
    const [source] = (await valid(text)).sources
    expect(Object.fromEntries(profile.columns.map(({ name, type }) => [name, type]))).toMatchObject({
      ts: 'DateTime64(3)',
      geo_country: 'LowCardinality(String)',
      geo_point_lat: 'Float64',
      user_id: 'LowCardinality(String)',
      ok: 'Bool',
      mixed: 'String',
      price: 'Nullable(Float64)',
    })
    expect(source).toMatchObject({
      topic: 'page-views',
      format: 'epoch_millis',
      partitions: 6,
      replication: 1,
      eventsPerSecond: 12,
    })
    expect(source!.columns.find(({ name }) => name === 'geo_country')!.from).toEqual(['geo', 'country'])
    expect(profile.leftOut.map(({ name }) => name)).toEqual(['geo.point.deep', 'tags', 'bad key'])
    expect(text).toContain('price: Nullable(Float64)  # missing in 75 %')
    expect(text).toContain('status >= 500')
  })

  test('strings of times, and names that could end a comment', async () => {
    const profile = profileOf(many(i => ({ at: '2026-11-24T10:00:00Z', kind: `a\n- b: ${i % 3} # c`, n: i })))
    const text = metricsFile(profile)
    expect((await valid(text)).sources[0]!.timestamp).toBe('at')
  })

  test('what is no JSON is named', () => {
    expect(createShape().add(Buffer.from([0, 0, 0, 0, 7, 1]))).toContain('Avro')
    expect(createShape().add(Buffer.from('[1]'))).toContain('no JSON objects')
    expect(createShape().add(Buffer.from('a,b'))).toContain('not JSON')
  })
})

test.each([
  ['shop.page-views', { project: 'shop', source: 'page_views', table: 'raw_page_views' }],
  ['default.Orders', { project: 'imported', source: 'orders', table: 'raw_orders' }],
  ['2024.9lives', { project: 'imported', source: 'lives', table: 'raw_lives' }],
  ['raw', { project: 'imported', source: 'raw', table: 'raw_raw' }],
  ['shop.raw_events', { project: 'shop', source: 'events', table: 'live_events' }],
])('names of %s', (from, expected) => expect(namesOf(from)).toEqual(expected))
