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
const updates: Update[] = []
beforeAll(async () => {
  ;[kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  const admin = createKafkaAdmin({ brokers: kafka.brokers })
  const config = { 'cleanup.policy': 'compact,delete' }
  await admin.create({ name: 'shop.updates', partitions: 1, replication: 1, config })
  await admin.close()
  await createPipeline(ch.client, 'shop')
  producer = createKafkaProducer({ brokers: kafka.brokers })
  const fanout = localFanout()
  fanout.subscribe(list => void updates.push(...list))
  const shared = { db: ch.client, fanout, canaries: createCanaries(ch.client, 'shop'), telemetry: createTelemetry() }
  const rest = { limit: <T>(task: () => Promise<T>) => task(), lagMs: () => 0, log: () => {} }
  publisher = createPublisher({ ...shared, ...rest }, { brokers: kafka.brokers })
  const [requests] = metrics('shop')
  const sla = { latencyMs: 1000, queryMs: 100, lagMs: 30_000 }
  publisher.apply(serviceConfig('shop', [{ ...requests!, sla, streamed: { waitMs: 1500 } }]))
}, 120_000)
afterAll(async () => {
  publisher?.stop()
  await producer?.close()
  await Promise.all([kafka?.stop(), ch?.stop()])
}, 60_000)

const send = (metric: string, timestamp: number, value: number, rest: { exact?: string; series?: object[] } = {}) => {
  const { exact = null, series } = rest
  const record = { metric, timestamp, value, exact, series: series ? JSON.stringify(series) : null }
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

  await send('_canary.events', end + 100, Date.now(), { exact: String(Date.now()) })
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
