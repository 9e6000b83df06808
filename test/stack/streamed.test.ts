import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaProducer, type KafkaProducer } from '../../src/clients/kafka/producer.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { createCanaries } from '../../src/service/publish/canaries.js'
import { localFanout } from '../../src/service/publish/fanout.js'
import type { Publisher } from '../../src/service/publish/job.js'
import { createPublisher } from '../../src/service/publish/publisher.js'
import { createTelemetry } from '../../src/service/telemetry.js'
import { createPipeline, insertEvents, metrics, serviceConfig } from '../../src/service/testing/fixture.js'
import type { Update } from '../../src/service/update.js'
import { type KafkaEngine, startKafka } from './engines.js'

// Flink's records, written here by hand, become updates; ClickHouse answers for those that do not come.

let kafka: KafkaEngine
let ch: TestClickHouse
let producer: KafkaProducer
let publisher: Publisher
/** Another one that starts later. */
let begin: (receive: (updates: readonly Update[]) => void) => Publisher
const updates: Update[] = []
beforeAll(async () => {
  ;[kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  const admin = createKafkaAdmin({ brokers: kafka.brokers })
  const config = { 'cleanup.policy': 'compact,delete' }
  await admin.create({ name: 'shop.updates', partitions: 1, replication: 1, config })
  await admin.close()
  await createPipeline(ch.client, 'shop')
  producer = createKafkaProducer({ brokers: kafka.brokers })
  const canaries = createCanaries(ch.client, 'shop')
  const rest = { limit: <T>(task: () => Promise<T>) => task(), lagMs: () => 0, log: () => {} }
  begin = receive => {
    const fanout = localFanout()
    fanout.subscribe(receive)
    const shared = { db: ch.client, fanout, canaries, telemetry: createTelemetry() }
    return createPublisher({ ...shared, ...rest }, { brokers: kafka.brokers })
  }
  publisher = begin(list => void updates.push(...list))
  publisher.apply(meaning('old'))
}, 120_000)
afterAll(async () => {
  publisher?.stop()
  await producer?.close()
  await Promise.all([kafka?.stop(), ch?.stop()])
}, 60_000)

const meaning = (meaning: string, waitMs = 1500) => {
  const [requests] = metrics('shop')
  const sla = { latencyMs: 1000, queryMs: 100, lagMs: 30_000 }
  return serviceConfig('shop', [{ ...requests!, sla, streamed: { waitMs, meaning } }])
}

interface Rest {
  readonly exact?: string
  readonly series?: object[]
  readonly meaning?: string | null
}
const send = (metric: string, timestamp: number, value: number, rest: Rest = {}) => {
  const { exact = null, series, meaning = 'old' } = rest
  const record = { metric, timestamp, meaning, value, exact, series: series ? JSON.stringify(series) : null }
  return producer.send('shop.updates', [
    { key: Buffer.from(JSON.stringify({ metric, timestamp })), value: Buffer.from(JSON.stringify(record)) },
  ])
}
const eu = (value: number) => ({ series: [{ by: { region: 'eu' }, value, exact: null }] })

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await sleep(20)
  }
}
const at = (timestamp: number) => updates.find(update => update.timestamp === timestamp)

test('windows come whole, once and in order; passed-over ones are empty; what does not come is computed', async () => {
  // The consumer begins at the end: records are sent until one has come through.
  const first = await until(() => updates[0])
  expect(first).toMatchObject({ metric: 'requests', value: 0, series: [] })
  expect(first.stale).toBeUndefined()
  let end = 0
  for (let through = false; !through; ) {
    end = Math.floor(Date.now() / 250) * 250
    await send('requests', end, 5, eu(5))
    await sleep(200)
    through = at(end)?.value === 5
  }
  expect(at(end)).toEqual({ metric: 'requests', timestamp: end, value: 5, series: [{ region: 'eu', value: 5 }] })

  await send('_canary.events', end + 100, Date.now(), { exact: String(Date.now()), meaning: null })
  await send('requests', end, 6, eu(6))
  await send('requests', end + 750, 7, eu(7))
  const seven = await until(() => at(end + 750))
  expect(seven.value).toBe(7)
  expect(seven.canary?.sent).toBeGreaterThan(0)
  expect([at(end)?.value, at(end + 250)?.value, at(end + 500)?.value]).toEqual([5, 0, 0])

  // Flink has died: events are stored, and their windows do not come.
  const next = Date.now()
  await insertEvents(ch.client, 'shop', [{ at: next }, { at: next }])
  const late = await until(() => updates.find(({ timestamp, value }) => timestamp > next && value === 2))
  expect(late).toMatchObject({ stale: true, series: [{ region: 'eu', value: 2 }] })
  // And nothing happens any more: that is no delay.
  const quiet = await until(() => updates.find(({ timestamp, value }) => timestamp > next + 1250 && value === 0))
  expect(quiet.stale).toBeUndefined()

  const times = updates.map(({ timestamp }) => timestamp)
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
}, 120_000)

/** Events, and a record of each window in turn, until told to stop. */
function flow(records: (end: number) => Promise<unknown>) {
  let going = true
  const events = (async () => {
    for (; going; await sleep(50)) await insertEvents(ch.client, 'shop', [{ at: Date.now() }])
  })()
  const windows = (async () => {
    for (let end = Math.ceil(Date.now() / 250) * 250; going; end += 250) {
      while (going && Date.now() < end) await sleep(10)
      if (going) await records(end)
    }
  })()
  return async () => {
    going = false
    await Promise.all([events, windows])
  }
}

/** Waits until three seconds are full of windows that came, and so of events that are stored. */
const full = () => until(() => (updates.slice(-12).every(({ value }) => value === 500) ? true : undefined))

test('a publisher that starts while events flow takes no window for empty that came before it read', async () => {
  const stop = flow(end => send('requests', end, 500))
  await full()
  const seen: Update[] = []
  const second = begin(list => void seen.push(...list))
  second.apply(meaning('old'))
  await until(() => (seen.filter(({ value }) => value === 500).length > 8 ? true : undefined))
  second.stop()
  await stop()
  expect(seen.filter(({ value }) => value === 0)).toEqual([])
  const times = seen.map(({ timestamp }) => timestamp)
  expect(times.every((time, i) => i === 0 || time - times[i - 1]! === 250)).toBe(true)
}, 120_000)

test('while two jobs write, a viewer gets the values of the definition in force', async () => {
  const from = updates.length
  const stop = flow(async end => {
    await send('requests', end, 700, { meaning: 'new' })
    await send('requests', end, 500)
  })
  await full()
  const turn = updates.length
  publisher.apply(meaning('new'))
  await until(() => (updates.at(-1)?.value === 700 ? true : undefined))
  await sleep(500)
  await stop()
  expect(updates.slice(from, turn).filter(({ value }) => value === 700)).toEqual([])
  const first = updates.slice(turn).findIndex(({ value }) => value === 700)
  expect(updates.slice(turn + first).filter(({ value }) => value !== 700)).toEqual([])
  expect(updates.slice(turn).filter(({ value }) => value === 500 || value === 0)).toEqual([])
}, 120_000)

test('a source with more lateness is waited for longer, under the same definition', async () => {
  publisher.apply(meaning('new', 4000))
  const turn = updates.length
  // One more may have been on its way.
  const { timestamp } = await until(() => updates[turn + 1])
  expect(Date.now() - timestamp).toBeGreaterThanOrEqual(4000)
}, 120_000)
