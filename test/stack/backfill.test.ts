import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayTopic, type TopicOptions } from '../../src/backfill/topic/replay.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaProducer, type KafkaProducer } from '../../src/clients/kafka/producer.js'
import { check } from '../../src/config/check.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { profileTopic } from '../../src/import/topic.js'
import { metricsFile } from '../../src/import/write.js'
import { names } from '../../src/naming.js'
import { configOf, createTables, shopSource } from '../../src/service/ingest/testing.js'
import { createLoader, type Loader } from '../../src/service/load/loader.js'
import { type KafkaEngine, startKafka } from './engines.js'

// Raw loses events; the topic still has them. They come back while others go on coming, each once, in every rollup too.

const PARTITIONS = 3
const source = shopSource({ id: 'event_id', dedupMs: 600_000 })
const config = configOf([source])

let ch: TestClickHouse
let kafka: KafkaEngine
let admin: KafkaAdmin
let producer: KafkaProducer
let loader: Loader

beforeAll(async () => {
  ;[kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  admin = createKafkaAdmin(kafka)
  producer = createKafkaProducer(kafka)
  await createTables(ch.client, source, 2)
  for (const name of [source.topic, names.deadLettersTopic(source.topic)])
    await admin.create({ name, partitions: PARTITIONS, replication: 1, config: {} })
  loader = createLoader({ config: () => config, clickhouse: ch.client, kafka, log: () => {} })
  loader.start()
}, 180_000)
afterAll(async () => {
  await loader?.stop()
  await producer?.close()
  await admin?.close()
  await ch?.stop()
  await kafka?.stop()
})

let next = 0
/** Events of others, not of the front door: every tenth is sent twice, every hundredth is broken. */
async function send(count: number): Promise<void> {
  const records = Array.from({ length: count }, () => {
    const id = next++
    const event = { event_id: id, event_type: 'view', user_id: id % 50, value: 1, ts: new Date().toISOString() }
    const text = id % 100 === 7 ? '{"event_id":' : JSON.stringify(event)
    return { key: Buffer.from(String(id % 13)), value: Buffer.from(text) }
  })
  const twice = records.flatMap((record, at) => (at % 10 === 0 ? [record, record] : [record]))
  await producer.send(source.topic, twice)
}

const number = async (sql: string): Promise<number> => Number((await ch.client.query<{ n: string }>(sql))[0]!.n)
const rows = () => number('SELECT count() AS n FROM shop.raw_events')
const letters = () => number('SELECT count() AS n FROM shop.raw_events_dead_letters')

/** Waits until the loader has committed all that is in the topic. */
async function loaded(): Promise<void> {
  for (;;) {
    const [ends, committed] = await Promise.all([
      admin.endOffsets(source.topic),
      admin.committed(names.loaderGroup('shop'), source.topic),
    ])
    if ([...ends].every(([partition, end]) => end === 0n || committed.get(partition) === end)) return
    await sleep(100)
  }
}

/** Takes a third of the events out of raw, and out of the rollups. */
async function lose(): Promise<void> {
  await ch.client.command('ALTER TABLE shop.raw_events DELETE WHERE _offset % 3 = 1', undefined, {
    settings: { mutations_sync: 2 },
  })
  for (const i of [0, 1]) {
    await ch.client.command(`TRUNCATE TABLE shop.rollup_raw_events_${i} SYNC`)
    await ch.client.command(
      `INSERT INTO shop.rollup_raw_events_${i} SELECT toStartOfInterval(ts, INTERVAL ${i + 1} SECOND, 'UTC') AS bucket, count() AS n, max(ingested_at) AS newest FROM shop.raw_events GROUP BY bucket`,
    )
  }
}

async function consistent(): Promise<void> {
  const all = await rows()
  expect(await number('SELECT uniqExact(_topic_partition, _offset) AS n FROM shop.raw_events')).toBe(all)
  expect(await number('SELECT uniqExact(event_id) AS n FROM shop.raw_events')).toBe(all)
  for (const i of [0, 1]) expect(await number(`SELECT sum(n) AS n FROM shop.rollup_raw_events_${i}`)).toBe(all)
}

const replay = (options: TopicOptions) => replayTopic({ clickhouse: ch.client, kafka, admin, config }, source, options)

test('what raw lacks comes back from the topic, once, while others go on coming', async () => {
  await send(3000)
  await loaded()
  const [all, dead] = [await rows(), await letters()]
  expect(all).toBe(2970)
  await lose()
  const lost = all - (await rows())
  expect(lost).toBeGreaterThan(900)

  const live = (async () => {
    for (let i = 0; i < 40; i++) {
      await send(50)
      await sleep(50)
    }
  })()
  const range = { from: Date.now() - 3_600_000, to: Date.now() }
  const result = await replay({ range })
  await live
  await loaded()
  expect(result).toMatchObject({ source: 'events', stored: lost, rejected: 0 })
  expect(await rows()).toBe(all + 2000 - 20)
  expect(await letters()).toBe(dead + 20)
  await consistent()
  // And again: nothing is lacking.
  expect(await replay({ range: { ...range, to: range.to - 1 } })).toMatchObject({ stored: 0, rejected: 0 })
}, 180_000)

test('interrupted under a throttle, it goes on where it stopped', async () => {
  const all = await rows()
  await lose()
  const lost = all - (await rows())
  const range = { from: Date.now() - 3_600_000, to: Date.now() }
  const controller = new AbortController()
  const started = Date.now()
  const first = replay({
    range,
    rate: 1000,
    signal: controller.signal,
    onProgress: () => Date.now() - started > 1000 && controller.abort(),
  })
  await expect(first).rejects.toThrow()
  const result = await replay({ range })
  expect(await rows()).toBe(all)
  expect(result.stored).toBeLessThanOrEqual(lost)
  await consistent()
}, 180_000)

test('import makes a valid file of the topic', async () => {
  const profile = await profileTopic(kafka, admin, source.topic, new AbortController().signal)
  expect(profile).toMatchObject({ partitions: PARTITIONS, replication: 1 })
  const folder = await mkdtemp(join(tmpdir(), 'rtdash-import-'))
  const file = join(folder, 'metrics.yaml')
  await writeFile(file, metricsFile(profile))
  const { model, diagnostics } = await check(file, { target: 'local' })
  await rm(folder, { recursive: true })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(model!.sources[0]).toMatchObject({ topic: 'shop.events', timestamp: 'ts', key: 'user_id', partitions: 3 })
})
