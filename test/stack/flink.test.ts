import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink.js'
import { createKafkaProducer, type KafkaProducer } from '../../src/clients/kafka/producer.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Source } from '../../src/model/model.js'
import { columns as common } from '../support/columns.js'
import { bounded, jobOf, runToEnd } from './bounded.js'
import { difference, ofClickHouse, ofFlink, type Row, type Written } from './differential.js'
import { type FlinkEngine, type KafkaEngine, startFlink, startKafka } from './engines.js'
import { intoClickHouse } from './intoClickHouse.js'
import { random } from './random.js'
import { eventRecord, makeTopics, readTopic } from './topics.js'

// What Flink computes, against ClickHouse over the same events.

// Each window of each metric takes a megabyte or more of its slot's managed memory. Nobody is killed here, and who is
// busy compiling so many queries is not gone.
const ROOM = {
  'taskmanager.numberOfTaskSlots': '2',
  'taskmanager.memory.managed.size': '768m',
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
  flink = createFlinkClient({ gateway: cluster.gateway, jobmanager: cluster.jobmanager })
}, 120_000)
afterAll(async () => {
  await producer?.close()
  await Promise.all([cluster?.stop(), kafka?.stop(), ch?.stop()])
}, 60_000)

/** Young enough for topics to keep, at the same place of a minute in every run. */
const START = Math.floor(Date.now() / 60_000 - 2) * 60_000 + 57_000

const columns = { ...common, small: 'Int8', ok: 'Bool', day: 'Date' }

/** Every aggregate that tier 1 allows; with direct SQL over raw where the rollup holds a sketch. */
const aggregates: Record<string, [measure: string, where?: string | undefined, direct?: string]> = {
  count: ['count()'],
  rate: ['per_second(count())'],
  count_some: ["count() filter (where event_type = 'error')"],
  count_score: ['count(score)'],
  ratio: ["count() filter (where event_type = 'error') / count()"],
  sum_value: ['sum(value)'],
  sum_amount: ['sum(amount)', "event_type = 'purchase'"],
  sum_score: ['sum(score)'],
  sum_small: ['sum(small)'],
  sum_big: ['sum(big)'],
  avg_value: ['avg(value)'],
  avg_amount: ['avg(amount)'],
  avg_score: ['avg(score)'],
  min_score: ['min(score)'],
  max_value: ['max(value)'],
  max_amount: ['max(amount)'],
  max_big: ['max(big)'],
  uniq_users: ['uniq(user_id)', undefined, 'uniqExact(user_id)'],
  uniq_exact_users: ['uniq_exact(user_id)'],
  p50: ['quantile(0.5, value)', undefined, 'if(count() = 0, NULL, quantileExactInclusive(0.5)(value))'],
  p99: [
    'quantile(0.99, value)',
    "event_type = 'request'",
    "if(countIf(event_type = 'request') = 0, NULL, quantileExactInclusiveIf(0.99)(value, event_type = 'request'))",
  ],
  margin: ['(sum(amount) - sum(value)) / count() * 2 + 1'],
  rows: ["sum(if(plan = 'paid' and ok, abs(score), length(event_type) % 3))"],
}

const metrics: Record<string, ShortMetric> = {}
for (const [name, [measure, where]] of Object.entries(aggregates))
  metrics[name] = { measure, tier: 1, window: trailing(1000), by: ['region'], ...(where !== undefined && { where }) }
const { count, sum_big, p50 } = metrics as Record<'count' | 'sum_big' | 'p50', ShortMetric>
Object.assign(metrics, {
  count_tumbling: { ...count, window: trailing(250), by: [] },
  sum_big_two: { ...sum_big, window: trailing(1500), refreshMs: 500, by: ['plan', 'region'] },
  p50_alone: { ...p50, by: [] },
  top: { ...count, by: ['user_id'], limit: 5 },
})

const made = (project: string, list: Record<string, ShortMetric>, source: Partial<Source> = {}): Compiled =>
  compile(
    testModel(columns, list, {
      project,
      source: { topic: `${project}.events`, partitions: 4, replication: 1, ...source },
      target: {
        name: 'prod',
        kafka: { brokers: { template: kafka.brokers[0]! } },
        flink: { gateway: { template: cluster.gateway } },
        clickhouse: { kind: 'server', url: { template: ch.server.url } },
      },
    }),
  )

function event(i: number, ts: number, next: () => number) {
  return {
    event_id: String(i),
    event_type: ['request', 'request', 'request', 'purchase', 'error'][Math.floor(next() * 5)],
    user_id: String(Math.floor(next() ** 2 * 90)),
    value: Math.round((next() * 2 - 0.5) * 1e6) / 1024, // exact in binary: sums do not depend on the order
    amount: (Math.floor(next() * 1e8) / 1e4).toFixed(4),
    score: next() < 0.3 ? null : Math.floor(next() * 100) - 50,
    small: Math.floor(next() * 256) - 128,
    big: String(18_446_744_073_709_551_615n - BigInt(Math.floor(next() * 1e9))),
    ts,
    region: [null, 'eu', 'us', 'ap', ''][Math.floor(next() * 5)],
    plan: next() < 0.8 ? 'free' : 'paid',
    ok: next() < 0.5,
    day: '2026-03-29',
  }
}

const directSql = (project: string, { by = [], window }: ShortMetric, direct: string): string =>
  [
    `SELECT ${by.length > 0 ? `grouping(${by[0]})` : 'toUInt8(1)'} AS total, ${[...by.map(name => `toString(${name}) AS by_${name}`), `${direct} AS value`].join(', ')}`,
    `FROM ${project}.raw_events WHERE ts >= {asof:DateTime64(3, 'UTC')} - toIntervalMillisecond(${(window as { ms: number }).ms}) AND ts < {asof:DateTime64(3, 'UTC')}`,
    by.length > 0 ? `GROUP BY GROUPING SETS ((${by.join(', ')}), ())` : 'HAVING count() > 0',
  ].join(' ')

test('every aggregate has the same values, out of order and over partitions that are idle or end early', async () => {
  const compiled = made('same', metrics)
  const next = random(7)
  const events = Array.from({ length: 3000 }, (_, i) => {
    const at = START + Math.floor(i * 2)
    // Up to the lateness before events that came earlier; partition 3 has none, partition 2 ends halfway.
    return { at, row: event(i, at - Math.floor(next() * 190), next), partition: i % (i < 1500 ? 3 : 2) }
  })
  await makeTopics(kafka.brokers, compiled)
  await producer.send(
    'same.events',
    events.map(({ row, at, partition }) => eventRecord(row, at, partition)),
  )
  await intoClickHouse(
    ch.client,
    compiled,
    events.map(({ row }) => ({ ...row, ts: new Date(row.ts).toISOString().slice(0, -1) })),
  )
  await runToEnd(flink, bounded(jobOf(compiled)))

  const written = await readTopic<Written>(kafka.brokers, 'same.updates')
  const differing: string[] = []
  let compared = 0
  for (const metric of compiled.service.metrics) {
    const short = metrics[metric.name]!
    const direct = aggregates[metric.name.replace(/_(tumbling|two|alone)$/, '')]?.[2]
    const mine = written.filter(one => one.metric === metric.name)
    const windows = new Map(mine.map(one => [one.timestamp, one]))
    if (windows.size !== mine.length) differing.push(`${metric.name}: a window was written twice`)
    const { ms } = short.window as { ms: number }
    const first = Math.floor((START - 190) / metric.refreshMs + 1) * metric.refreshMs
    for (let asof = first; asof < START + 6000 + ms; asof += metric.refreshMs) {
      const sql = direct === undefined ? metric.query : directSql('same', short, direct)
      const rows = await ch.client.query<Row>(sql, { asof: new Date(asof) })
      const one = windows.get(asof)
      windows.delete(asof)
      if (one === undefined) {
        if (rows.some(row => row.total !== 1 || (Number(row.value) || 0) !== 0))
          differing.push(`${metric.name} at ${asof}: nothing, ClickHouse has ${JSON.stringify(rows)}`)
        continue
      }
      compared++
      const values = ofFlink(one)
      const problem = difference(values, ofClickHouse(rows), metric.empty)
      if (problem) differing.push(`${metric.name} at ${asof}: ${problem}`)
    }
    if (windows.size > 0) differing.push(`${metric.name}: windows of no events, ${[...windows.keys()]}`)
  }
  expect(differing.slice(0, 20)).toEqual([])
  expect(compared).toBeGreaterThan(500)
}, 900_000)
