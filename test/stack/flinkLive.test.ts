import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink.js'
import { createKafkaProducer, type KafkaProducer, type KafkaRecord } from '../../src/clients/kafka/producer.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Source } from '../../src/model/model.js'
import { flink as engine } from '../../src/targets/flink/live.js'
import { difference, ofClickHouse, ofFlink, type Row, type Written } from './differential.js'
import { type FlinkEngine, type KafkaEngine, startFlink, startKafka } from './engines.js'
import { intoClickHouse } from './intoClickHouse.js'
import { random } from './random.js'
import { eventRecord, makeTopics, readTopic } from './topics.js'

// Jobs that run while events come in: what is late, what is idle, and what a restart leaves of the counts.

// Nobody is killed here, and who is busy is not gone.
const ROOM = {
  'taskmanager.numberOfTaskSlots': '4',
  'taskmanager.memory.managed.size': '512m',
  'heartbeat.timeout': '300000',
}

let kafka: KafkaEngine
let cluster: FlinkEngine
let producer: KafkaProducer
let flink: FlinkClient
let ch: TestClickHouse
beforeAll(async () => {
  ;[kafka, cluster, ch] = await Promise.all([startKafka(), startFlink({ settings: ROOM }), testClickHouse()])
  producer = createKafkaProducer({ brokers: kafka.brokers })
  flink = createFlinkClient({ gateway: cluster.gateway })
}, 120_000)
afterAll(async () => {
  await producer?.close()
  await Promise.all([cluster?.stop(), kafka?.stop(), ch?.stop()])
}, 60_000)

const columns = { ts: 'DateTime64(3)', value: 'Float64', user: 'UInt32', region: 'LowCardinality(String)' }
const metrics: Record<string, ShortMetric> = {
  each: { measure: 'count()', tier: 1, window: trailing(250) },
  counts: { measure: 'count()', tier: 1, window: trailing(1000), by: ['region'] },
  sums: { measure: 'sum(value)', tier: 1, window: trailing(1000), by: ['region'] },
  users: { measure: 'uniq_exact(user)', tier: 1, window: trailing(1000) },
  highest: { measure: 'max(value)', tier: 1, window: trailing(1000), by: ['region'] },
}

const made = (project: string, source: Partial<Source>): Compiled =>
  compile(
    testModel(columns, metrics, {
      project,
      source: { topic: `${project}.events`, replication: 1, latenessMs: 1000, ...source },
      target: {
        name: 'prod',
        kafka: { brokers: { template: kafka.brokers[0]! } },
        flink: { gateway: { template: cluster.gateway } },
        clickhouse: { kind: 'server', url: { template: ch.server.url } },
      },
    }),
  )

/** Applies what is planned, and gives what the steps were and said. */
async function applied(compiled: Compiled): Promise<{ done: string[]; said: string[] }> {
  const said: string[] = []
  const clients = { clickhouse: ch.client, flink }
  const { changes } = await engine.plan(compiled, clients, {})
  const context = {
    ...{ clients, clickhouse: ch.client, database: compiled.model.project, applyId: 'test' },
    progress: (text: string) => void said.push(text),
  }
  for (const change of changes) for (const step of change.steps) await engine.apply(context, change, step)
  return { done: changes.flatMap(({ steps }) => steps.map(({ run }) => run)), said }
}

const next = random(11)
const event = (ts: number) => ({
  ts,
  value: Math.round(next() * 1e6) / 1024, // exact in binary: sums do not depend on the order
  user: Math.floor(next() * 50),
  region: ['eu', 'us', 'ap'][Math.floor(next() * 3)]!,
})
type Event = ReturnType<typeof event>

/** Asks for records every 20 ms until told to stop, and sends them. */
function feed(topic: string, records: (now: number) => readonly KafkaRecord[]): { stop(): Promise<void> } {
  let going = true
  const done = (async () => {
    for (; going; await sleep(20)) await producer.send(topic, records(Date.now()))
  })()
  return {
    stop: async () => {
      going = false
      await done
    },
  }
}

/** Moves the watermark past all that was sent, and gives what was written of the windows that end by then. */
async function closed(project: string, end: number, partitions: readonly number[]): Promise<Written[]> {
  const last = end + 10_000
  // The first closes all windows before it, the second its own, which is the sign that those are written.
  for (const at of [last, last + 10_000])
    await producer.send(
      `${project}.events`,
      partitions.map(partition => eventRecord(event(at), at, partition)),
    )
  const read = () => readTopic<Written>(kafka.brokers, `${project}.updates`)
  const done = (written: readonly Written[]) =>
    Object.keys(metrics).every(name => written.some(({ metric, timestamp }) => metric === name && timestamp > last))
  while (!done(await read())) await sleep(300)
  await sleep(1000) // another task of the same job may be a moment behind
  return (await read()).filter(({ timestamp }) => timestamp <= last)
}

/** What differs from ClickHouse over these events in the windows that end in [from, to]. */
async function differing(compiled: Compiled, written: readonly Written[], from: number, to: number): Promise<string[]> {
  const found: string[] = []
  for (const metric of compiled.service.metrics) {
    const windows = new Map(written.filter(one => one.metric === metric.name).map(one => [one.timestamp, one]))
    for (let asof = Math.ceil(from / 250) * 250; asof <= to; asof += 250) {
      const one = windows.get(asof)
      const rows = await ch.client.query<Row>(metric.query, { asof: new Date(asof) })
      const nothing = rows.every(row => row.total === 1 && (Number(row.value) || 0) === 0) ? undefined : 'nothing'
      const problem = one ? difference(ofFlink(one), ofClickHouse(rows), metric.empty) : nothing
      if (problem) found.push(`${metric.name} at ${asof - from}: ${problem}`)
    }
  }
  return found
}

const stored = ({ ts, ...rest }: Event) => ({ ...rest, ts: new Date(ts).toISOString().slice(0, -1) })

test('events out of order count, late ones do not, and partitions without events hold nobody up', async () => {
  const compiled = made('live', { partitions: 4 })
  await makeTopics(kafka.brokers, compiled)
  expect(await applied(compiled)).toEqual({ done: ['start-job'], said: [] })
  const events: Event[] = []
  const late: Event[] = []
  const begin = Date.now()
  // Partition 2 has events for three seconds, partition 3 none at all.
  const stream = feed('live.events', now => {
    const active = now - begin < 3000 ? [0, 1, 2] : [0, 1]
    const some = active.flatMap(partition =>
      Array.from({ length: 10 }, () => {
        const row = event(now - Math.floor(next() * 900))
        events.push(row)
        return eventRecord(row, now, partition)
      }),
    )
    if (now - begin < 7000) return some
    const row = event(now - 6000)
    late.push(row)
    return [...some, eventRecord(row, now, late.length % 2)]
  })
  const seen = () => readTopic<Written>(kafka.brokers, 'live.updates')
  // While only two of four partitions have events, windows go on closing.
  while (!(await seen()).some(({ timestamp }) => timestamp > begin + 5000)) await sleep(300)
  while (late.length < 50) await sleep(100)
  await stream.stop()
  const end = Date.now()
  const written = await closed('live', end + 1000, [0, 1])
  await intoClickHouse(ch.client, compiled, events.map(stored))
  expect(await differing(compiled, written, begin, end + 1000)).toEqual([])
  // ClickHouse takes them whenever they come: that is what the two differ by.
  await ch.client.insert('live.raw_events', late.map(row => JSON.stringify(stored(row))).join('\n'), 'JSONEachRow')
  expect((await differing(compiled, written, begin, end)).length).toBeGreaterThan(10)
  await applied({ ...compiled, resources: [] })
}, 180_000)

test('every event counts once through restarts from a savepoint, into RocksDB and out of it again', async () => {
  const small = made('exact', { partitions: 2, eventsPerSecond: 1000 })
  const huge = made('exact', { partitions: 2, eventsPerSecond: 1_100_000 })
  await makeTopics(kafka.brokers, small)
  await applied(small)
  const events: Event[] = []
  const begin = Date.now()
  const stream = feed('exact.events', now =>
    Array.from({ length: 40 }, (_, i) => {
      const row = event(now - Math.floor(next() * 100))
      events.push(row)
      return eventRecord(row, now, i % 2)
    }),
  )
  const backend = async (): Promise<string> => {
    const [job] = (await flink.jobs()).filter(
      ({ name, state }) => name === 'rtdash.exact.events' && state === 'RUNNING',
    )
    const answer = await fetch(`${cluster.jobmanager}/jobs/${job!.id}/checkpoints/config`)
    return ((await answer.json()) as { state_backend: string }).state_backend
  }
  await sleep(1500)
  expect(await backend()).toMatch(/hash/i)
  const stopped = Date.now()
  expect(await applied(huge)).toEqual({ done: ['restart-job'], said: [] })
  console.log(`stopped with a savepoint and running again from it in ${Date.now() - stopped} ms`)
  expect(await backend()).toMatch(/rocksdb/i)
  await sleep(1500)
  expect(await applied(small)).toEqual({ done: ['restart-job'], said: [] })
  await sleep(1500)
  await stream.stop()
  const end = Date.now()
  const written = await closed('exact', end + 1000, [0, 1])
  const counted = new Map(written.filter(({ metric }) => metric === 'each').map(one => [one.timestamp, one.value ?? 0]))
  expect([...counted.values()].reduce((sum, value) => sum + value, 0)).toBe(events.length)
  await intoClickHouse(ch.client, small, events.map(stored))
  expect(await differing(small, written, begin, end + 1000)).toEqual([])
  await applied({ ...small, resources: [] })
}, 180_000)
