import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import type { Committed } from '../../clients/kafka/group.js'
import { type TestClickHouse, testClickHouse } from '../../embedded/testing.js'
import { SeenTable } from '../ingest/seenTable.js'
import { configOf, createTables, shopSource } from '../ingest/testing.js'
import { createLimiter } from '../publish/limiter.js'
import { createPartition, type Partition, type PartitionOptions } from './partition.js'
import { sourceOf } from './source.js'
import { newCounters } from './stats.js'

// A partition against ClickHouse itself; the topic and the committed offset are lists.

let ch: TestClickHouse
let table = 0
let source = shopSource()
let committed: Committed | undefined
const logs: string[] = []
const signal = new AbortController().signal

beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())
beforeEach(async () => {
  table++
  source = shopSource({ id: 'event_id', dedupMs: 600_000, table: `raw_${table}`, deadLetters: `dead_${table}` })
  await createTables(ch.client, source, 2)
  committed = undefined
  logs.length = 0
})

const record = (offset: number, id: number, text?: string): FetchedRecord => ({
  offset: BigInt(offset),
  key: null,
  value: Buffer.from(text ?? JSON.stringify({ event_id: id, value: 1, ts: Date.now() })),
  timestamp: Date.now(),
  headers: [],
})
const take = (partition: Partition, records: FetchedRecord[], end = Number(records.at(-1)!.offset) + 1) =>
  partition.take({ topic: source.topic, partition: 3, records, highWatermark: BigInt(end) }, signal)

function start(changes: Partial<PartitionOptions> = {}, ids = new SeenTable(600)): Partition {
  const config = configOf([source])
  return createPartition(
    { topic: source.topic, partition: 3, committed },
    {
      clickhouse: ch.client,
      log: text => void logs.push(text),
      source: async () => sourceOf(config, source.topic)!,
      ids: () => ids,
      commit: async (offset, note) => {
        committed = { offset, note }
      },
      turn: createLimiter(1),
      counters: newCounters(),
      maxRows: 1000,
      ...changes,
    },
  )
}

async function counts(): Promise<number[]> {
  const sql = `SELECT (SELECT count() FROM shop.raw_${table}) AS raw, (SELECT count() FROM shop.dead_${table}) AS dead,
    (SELECT sum(n) FROM shop.rollup_raw_${table}_0) AS one, (SELECT sum(n) FROM shop.rollup_raw_${table}_1) AS two`
  return Object.values((await ch.client.query<Record<string, string>>(sql))[0]!).map(Number)
}

/** Everything stops just before a commit. */
const dies =
  (when: (note: string) => boolean): PartitionOptions['commit'] =>
  async (offset, note) => {
    if (when(note)) throw new Error('killed')
    committed = { offset, note }
  }

test('records become rows or dead letters, and each tells its place', async () => {
  await take(start(), [record(5, 1), record(6, 2, 'broken'), record(7, 3)])
  expect(await counts()).toEqual([2, 1, 2, 2])
  expect(committed).toEqual({ offset: 8n, note: '' })
  expect(await ch.client.query(`SELECT _topic, _topic_partition, _offset, reason FROM shop.dead_${table}`)).toEqual([
    { _topic: source.topic, _topic_partition: 3, _offset: '6', reason: 'bad_json' },
  ])
})

test('stored and not committed: the same batch is sent again and counts once, then what follows', async () => {
  const records = [record(0, 1), record(1, 2), record(2, 2), record(3, 9, '{')]
  await expect(take(start({ commit: dies(note => note === '') }), records)).rejects.toThrow('killed')
  expect(committed!.note).toMatch(/^to 3 at \d+$/)
  expect(await counts()).toEqual([2, 1, 2, 2])
  // It comes in other pieces.
  const again = start()
  await take(again, records.slice(0, 2), 6)
  expect(committed!.offset).toBe(0n)
  await take(again, [...records.slice(2), record(4, 5), record(5, 1)])
  expect(await counts()).toEqual([3, 1, 3, 3])
  expect(committed).toEqual({ offset: 6n, note: '' })
})

test('decided and not stored: whoever comes next stores that very batch, and the late INSERT of the first is a duplicate', async () => {
  const records = [record(0, 1), record(1, 2)]
  let late: (() => Promise<void>) | undefined
  const slow = start({
    clickhouse: {
      ...ch.client,
      insert: (...call) => {
        late = () => ch.client.insert(...call)
        return new Promise(() => {})
      },
    },
  })
  void take(slow, records)
  while (!late) await new Promise(resolve => setTimeout(resolve, 5))
  await take(start(), [...records, record(2, 3)])
  await late()
  expect(await counts()).toEqual([3, 0, 3, 3])
})

test('an id that others sent twice counts once, after a restart too', async () => {
  await take(start(), [record(0, 1), record(1, 1), record(2, 2)])
  expect((await counts())[0]).toBe(2)
  await take(start(), [record(3, 2), record(4, 3), record(5, 1)])
  expect(await counts()).toEqual([3, 0, 3, 3])
})

test('ids of a batch that was not stored are free again', async () => {
  const ids = new SeenTable(600)
  let failing = true
  const partition = start(
    {
      clickhouse: {
        ...ch.client,
        insert: (...call) =>
          failing ? Promise.reject(Object.assign(new Error('no'), { code: 60 })) : ch.client.insert(...call),
      },
    },
    ids,
  )
  const taken = take(partition, [record(0, 1), record(1, 2)])
  while (!logs.some(text => text.includes('refuses'))) await new Promise(resolve => setTimeout(resolve, 5))
  failing = false
  await taken
  expect(await counts()).toEqual([2, 0, 2, 2])
})

test('offsets set back: what is stored is left out', async () => {
  await take(start(), [record(0, 1), record(1, 2)])
  committed = { offset: 0n, note: '' }
  await take(start(), [record(0, 1), record(1, 2), record(2, 3)])
  expect(await counts()).toEqual([3, 0, 3, 3])
  expect(logs.join()).toContain('left out')
})

test('a topic made anew is read from its beginning, although its offsets are known', async () => {
  const partition = start()
  await take(partition, [record(10, 1), record(11, 2)])
  await take(partition, [record(0, 3)])
  expect(await counts()).toEqual([3, 0, 3, 3])
  expect(logs.join()).toContain('made anew')
})
