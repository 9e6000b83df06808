import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import type { Committed } from '../../clients/kafka/group.js'
import { type TestClickHouse, testClickHouse } from '../../embedded/testing.js'
import { configOf, createTables, shopSource } from '../../service/ingest/testing.js'
import { sourceOf } from '../../service/load/source.js'
import { createPartitionReplay, type Replayed } from './partition.js'

const source = shopSource()
const config = configOf([source])
const loaded = sourceOf(config, source.topic)!
const place = { topic: source.topic, partition: 0 }
const signal = new AbortController().signal

let ch: TestClickHouse
let committed: Committed | undefined
let counts: Replayed

beforeEach(async () => {
  ch = await testClickHouse()
  await createTables(ch.client, source, 2)
  committed = undefined
  counts = { read: 0, stored: 0, rejected: 0, duplicates: 0 }
})
afterEach(() => ch.stop())

const record = (offset: number): FetchedRecord =>
  ({
    offset: BigInt(offset),
    timestamp: Date.now(),
    key: null,
    value: Buffer.from(JSON.stringify({ event_id: offset, event_type: 'a', user_id: 1, value: 1, ts: Date.now() })),
    headers: [],
  }) as unknown as FetchedRecord
const records = (from: number, to: number): FetchedRecord[] =>
  Array.from({ length: to - from }, (_, i) => record(from + i))

/** `diesAfter` commits it is as if killed. */
function start(clickhouse: ClickHouse = ch.client, diesAfter = Number.POSITIVE_INFINITY) {
  let commits = 0
  return createPartitionReplay({
    clickhouse,
    loaded,
    place,
    start: 0n,
    end: 100n,
    committed,
    commit: async (offset, note) => {
      if (commits++ >= diesAfter) throw new Error('killed')
      committed = { offset, note } as Committed
    },
    counts,
    log: () => {},
  })
}

const number = async (sql: string): Promise<number> => Number((await ch.client.query<{ n: string }>(sql))[0]!.n)
const stored = async (): Promise<number[]> => [
  await number('SELECT count() AS n FROM shop.raw_events'),
  await number('SELECT uniqExact(_offset) AS n FROM shop.raw_events'),
  await number('SELECT sum(n) AS n FROM shop.rollup_raw_events_0'),
  await number('SELECT sum(n) AS n FROM shop.rollup_raw_events_1'),
]

test('what is there is left out, what lies beyond the end is not looked at', async () => {
  await start().take(records(20, 40), signal)
  committed = undefined
  const replay = start()
  await replay.take(records(0, 60), signal)
  expect(replay.done()).toBe(false)
  await replay.take(records(60, 120), signal)
  expect(replay.done()).toBe(true)
  expect(await stored()).toEqual([100, 100, 100, 100])
})

test('killed once a batch is stored, before that is noted: it is not stored again', async () => {
  await expect(start(ch.client, 1).take(records(0, 50), signal)).rejects.toThrow('killed')
  expect(committed).toMatchObject({ offset: 0n, note: expect.stringMatching(/^to 49 at /) })
  const replay = start()
  // Other bounds than before.
  await replay.take(records(0, 30), signal)
  await replay.take(records(30, 100), signal)
  expect(replay.done()).toBe(true)
  expect(await stored()).toEqual([100, 100, 100, 100])
})

test('killed when one view has failed: the batch is completed', async () => {
  await ch.client.command('ALTER TABLE shop.rollup_raw_events_1 ADD CONSTRAINT refuses CHECK n > 1000000')
  const killed = new AbortController()
  const failing = start().take(records(0, 50), killed.signal)
  // It is tried again and again until the process ends.
  while ((await number('SELECT count() AS n FROM shop.raw_events')) === 0) await new Promise(r => setTimeout(r, 20))
  killed.abort()
  await expect(failing).rejects.toThrow()
  await ch.client.command('ALTER TABLE shop.rollup_raw_events_1 DROP CONSTRAINT refuses')
  const replay = start()
  await replay.take(records(0, 100), signal)
  expect(await stored()).toEqual([100, 100, 100, 100])
})
