import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { names } from '../../src/naming.js'
import { configOf, createTables, shopSource, testIngest } from '../../src/service/ingest/testing.js'
import { createLoader, type Loader } from '../../src/service/load/loader.js'
import { type KafkaEngine, startKafka } from './engines.js'
import { readTopic } from './topics.js'

// The front door writes to Kafka, a loader stores: what was acknowledged is in the topic once, and in raw once.

const KILLS = Number(process.env.RTDASH_KILLS ?? 3)
const AWAY_S = Number(process.env.RTDASH_AWAY_S ?? 6)
const source = shopSource({
  id: 'event_id',
  dedupMs: 600_000,
  key: 'user_id',
  columns: [
    ...shopSource().columns,
    { name: 'seen', type: "DateTime64(6, 'UTC')" },
    { name: 'price', type: 'Decimal(18, 2)' },
    { name: 'big', type: 'UInt64' },
    { name: 'note', type: 'Nullable(String)' },
  ],
})
const plain = shopSource({
  name: 'plain',
  topic: 'shop.plain',
  table: 'plain',
  deadLetters: 'plain_dead_letters',
  id: 'event_id',
  dedupMs: 600_000,
})
const config = configOf([source, plain])

let kafka: KafkaEngine
let ch: TestClickHouse
let loader: Loader

beforeAll(async () => {
  ;[kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  await createTables(ch.client, source)
  await createTables(ch.client, plain)
  const admin = createKafkaAdmin(kafka)
  for (const { topic } of config.sources)
    for (const name of [topic, names.deadLettersTopic(topic)])
      await admin.create({ name, partitions: 3, replication: 1, config: {} })
  await admin.close()
  loader = createLoader({ config: () => config, clickhouse: ch.client, kafka, log: () => {} })
  loader.start()
}, 180_000)
afterAll(async () => {
  await loader?.stop()
  await kafka?.stop()
  await ch?.stop()
})

const one = async (sql: string) => Number(Object.values((await ch.client.query<Record<string, string>>(sql))[0]!)[0])

async function until(sql: string, wanted: number): Promise<void> {
  for (const end = Date.now() + 60_000; (await one(sql)) < wanted && Date.now() < end; ) await sleep(100)
  expect(await one(sql)).toBe(wanted)
}

describe('one front door', () => {
  test('events stand in the topic in one form, and in raw as they were sent; rejected ones in both dead letters', async () => {
    const run = await testIngest(ch.client, config, { kafka })
    const ts = Date.now()
    const at = new Date(ts).toISOString()
    const event = (more: object) => ({ event_type: 'a"b', user_id: 7, value: '1.5', ts: at, price: 12.5, ...more })
    const lines = [
      JSON.stringify(event({ event_id: 1, geo: { region: 'eu' }, seen: '2026-01-31 12:00:00.123456', note: 'x' })),
      JSON.stringify(event({ event_id: '2', ts: ts / 1000 })).replace('}', ',"big":18446744073709551615}'),
      'broken',
    ]
    expect((await run.post(lines.join('\n'))).body).toMatchObject({ accepted: 2, rejected: 1 })
    const records = await readTopic<Record<string, unknown>>(kafka.brokers, source.topic)
    const common = { event_type: 'a"b', user_id: 7, value: 1.5, ts, price: '12.50' }
    expect(records).toEqual([
      { event_id: 1, ...common, region: 'eu', seen: '2026-01-31T12:00:00.123456Z', big: 0, note: 'x' },
      {
        event_id: 2,
        ...common,
        region: 'unknown',
        seen: '1970-01-01T00:00:00.000000Z',
        big: '18446744073709551615',
        note: null,
      },
    ])
    expect(await readTopic(kafka.brokers, names.deadLettersTopic(source.topic))).toEqual([
      expect.objectContaining({ reason: 'bad_json', line: 3, event: 'broken' }),
    ])
    await until('SELECT count() FROM shop.raw_events', 2)
    await until('SELECT count() FROM shop.raw_events_dead_letters', 1)
    const rows = await ch.client.query('SELECT * EXCEPT (ingested_at, _batch) FROM shop.raw_events ORDER BY event_id')
    expect(rows).toMatchObject([
      { event_id: '1', region: 'eu', seen: '2026-01-31 12:00:00.123456', price: '12.5', note: 'x', value: 1.5 },
      { event_id: '2', big: '18446744073709551615', note: null, _topic: source.topic },
    ])
    await run.stop()
  })

  test('ids and keys seen before a restart count once, stored by the loader or only in the topic', async () => {
    const bodies = Array.from({ length: 3 }, (_, i) =>
      Array.from({ length: 20 }, (_, j) => JSON.stringify({ event_id: 1000 + i * 20 + j, ts: Date.now() })).join('\n'),
    )
    const first = await testIngest(ch.client, config, { kafka })
    await first.post(bodies[0]!, { 'idempotency-key': 'one' }, 'plain')
    await until('SELECT count() FROM shop.plain', 20)
    await loader.stop()
    await first.post(`${bodies[1]!}\nbroken`, { 'idempotency-key': 'two' }, 'plain')
    await first.stop()
    const again = await testIngest(ch.client, config, { kafka })
    const keyed = async (key: string, body: string) =>
      (await again.post(body, { 'idempotency-key': key }, 'plain')).body
    expect(await keyed('one', bodies[0]!)).toMatchObject({ accepted: 20, rejected: 0 })
    expect(await keyed('two', `${bodies[1]!}\nbroken`)).toMatchObject({ accepted: 20, rejected: 1 })
    expect((await again.post(bodies.join('\n'), {}, 'plain')).body).toMatchObject({ accepted: 60 })
    await again.stop()
    loader = createLoader({ config: () => config, clickhouse: ch.client, kafka, log: () => {} })
    loader.start()
    await until('SELECT count() FROM shop.plain', 60)
    expect(await readTopic(kafka.brokers, plain.topic)).toHaveLength(60)
  })

  test('ids that other front doors share decide', async () => {
    const known = new Set<string>()
    let away = false
    const run = await testIngest(ch.client, config, {
      kafka,
      seenIds: () => ({
        claim: async ids => {
          if (away) throw new Error('away')
          return ids.map(id => (known.has(id) ? 'seen' : known.add(id) && 'new'))
        },
        extend: async () => {},
        confirm: async () => {},
        release: async ids => ids.forEach(id => void known.delete(id)),
      }),
    })
    const before = (await readTopic(kafka.brokers, plain.topic)).length
    const body = [1, 2, 2].map(id => JSON.stringify({ event_id: 5000 + id, ts: Date.now() })).join('\n')
    expect((await run.post(body, {}, 'plain')).body).toMatchObject({ accepted: 3 })
    expect((await run.post(body, {}, 'plain')).body).toMatchObject({ accepted: 3 })
    away = true
    expect(await run.post(body, {}, 'plain')).toMatchObject({ status: 503 })
    expect(await readTopic(kafka.brokers, plain.topic)).toHaveLength(before + 2)
    await run.stop()
  })

  test('while the broker is away: 503 in time, 429 before memory grows, and nothing twice when it is back', async () => {
    const limits = { ackMs: 400, downMs: 60_000, inFlightBytes: 60_000 }
    const run = await testIngest(ch.client, config, { kafka, limits })
    const before = (await readTopic(kafka.brokers, plain.topic)).length
    const body = (from: number) =>
      Array.from({ length: 500 }, (_, i) => JSON.stringify({ event_id: from + i, ts: Date.now() })).join('\n')
    const first = () => run.post(JSON.stringify({ event_id: 9999, ts: Date.now() }), {}, 'plain')
    while ((await first()).status !== 202) await sleep(100)
    await kafka.stopBroker()
    const late = await run.post(body(10_000), { 'idempotency-key': 'late' }, 'plain')
    expect(late).toMatchObject({ status: 503, body: { error: 'backend_unavailable' } })
    const statuses: number[] = []
    for (let i = 1; i <= 6; i++) statuses.push((await run.post(body(10_000 + i * 500), {}, 'plain')).status)
    expect(statuses).toContain(429)
    await sleep(AWAY_S * 1000)
    await kafka.startBroker()
    const keyed = () => run.post(body(10_000), { 'idempotency-key': 'late' }, 'plain')
    for (let answer = await keyed(); answer.status !== 202; answer = await keyed()) await sleep(100)
    for (let i = 1; i <= 6; i++) {
      const send = () => run.post(body(10_000 + i * 500), {}, 'plain')
      for (let answer = await send(); answer.status !== 202; answer = await send()) await sleep(100)
    }
    expect(await readTopic(kafka.brokers, plain.topic)).toHaveLength(before + 1 + 3500)
    await run.stop()
  })
})

test('front door and broker killed under load: the topic and raw hold what was acknowledged, once', {
  timeout: 120_000 + KILLS * 30_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-door-'))
  const { url, username, password } = ch.server
  let door: ChildProcess
  let port = ''
  const start = async () => {
    const args = [JSON.stringify({ url, username, password }), dir, kafka.brokers.join()]
    const worker = join(import.meta.dirname, '../../src/service/ingest/crashWorker.ts')
    door = fork(worker, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
    port = await new Promise<string>(resolve => door.stdout!.once('data', (data: Buffer) => resolve(`${data}`.trim())))
  }
  const kill = () =>
    new Promise<void>(resolve => {
      door.once('exit', () => resolve())
      door.kill('SIGKILL')
    })
  const deliver = async (body: string, key: string): Promise<number> => {
    for (;;) {
      const headers = { 'idempotency-key': key }
      const signal = AbortSignal.timeout(20_000)
      const answer = await fetch(`http://127.0.0.1:${port}/ingest/events`, {
        method: 'POST',
        body,
        headers,
        signal,
      }).catch(() => undefined)
      if (answer?.status === 202) return ((await answer.json()) as { accepted: number }).accepted
      await answer?.body?.cancel()
      await sleep(50)
    }
  }
  await loader.stop()
  const before = (await readTopic<{ event_id: number }>(kafka.brokers, source.topic)).length
  loader = createLoader({ config: () => config, clickhouse: ch.client, kafka, log: () => {} })
  loader.start()
  await start()
  let running = true
  let acknowledged = 0
  let id = 1_000_000
  let requests = 0
  const senders = Array.from({ length: 4 }, async () => {
    while (running) {
      const lines = Array.from({ length: 100 }, () =>
        JSON.stringify({ event_id: id++, user_id: id % 10, value: 1, ts: Date.now() }),
      )
      const accepted = await deliver([...lines, 'broken'].join('\n'), `fire-${requests++}`)
      acknowledged += accepted
    }
  })
  for (let round = 0; round < KILLS * 2; round++) {
    const had = acknowledged
    while (acknowledged === had) await sleep(20)
    await sleep(Math.random() * 700)
    if (round % 2 === 0) {
      await kill()
      await start()
    } else {
      await kafka.kill()
      await kafka.startBroker()
    }
  }
  running = false
  await Promise.all(senders)
  const events = (await readTopic<{ event_id: number }>(kafka.brokers, source.topic)).map(each => each.event_id)
  expect(acknowledged).toBe(requests * 100)
  expect(new Set(events).size - before).toBe(acknowledged)
  expect(events.length - before).toBe(acknowledged)
  await until('SELECT count() FROM shop.raw_events WHERE event_id >= 1000000', acknowledged)
  await sleep(1000)
  await until('SELECT count() FROM shop.raw_events WHERE event_id >= 1000000', acknowledged)
  await until("SELECT count() FROM shop.raw_events_dead_letters WHERE event = 'broken'", requests + 1)
  expect(readdirSync(join(dir, 'spool')).filter(name => name.endsWith('.batch'))).toEqual([])
  await kill()
  rmSync(dir, { recursive: true, force: true })
})
