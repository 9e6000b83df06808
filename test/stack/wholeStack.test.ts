import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import type { SourceConfig } from '../../src/model/serviceConfig.js'
import { openEvents, openSocket } from '../../src/service/testing/clients.js'
import type { Update } from '../../src/service/update.js'
import type { CheckResult, StageTimes } from '../../src/verify/report.js'
import { type Pipeline, startPipeline } from './pipeline.js'
import { startSender } from './sender.js'

// The storefront from nothing on Kafka, Flink, ClickHouse and Redis: applied by the program, served by the generated
// folder in three processes, looked at over all three channels of two nodes.

const RATE = 2000
const LOAD_MS = 60_000
const BEAT_MS = 250

let pipeline: Pipeline
let clickhouse: ClickHouse
let admin: KafkaAdmin
let source: SourceConfig

beforeAll(async () => {
  pipeline = await startPipeline()
  const { username, password, origin } = new URL(pipeline.clickhouse.url)
  clickhouse = createClickHouse({ url: origin, username, password })
  admin = createKafkaAdmin({ brokers: pipeline.kafka.brokers })
  const { model } = await check(`${pipeline.dir}/metrics.yaml`, { target: 'real' })
  source = compile(model!).service.sources[0]!
}, 300_000)

afterAll(async () => {
  await admin?.close()
  await clickhouse?.close()
  await pipeline?.stop()
}, 60_000)

/** Resolves when the topic's records are all in raw: in order, each once. */
async function loaded(): Promise<void> {
  await expect.poll(async () => await stored('1'), { timeout: 120_000, interval: 500 }).toBe(await inTopic())
}

async function stored(where: string): Promise<number> {
  const [row] = await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM shop.raw_events WHERE ${where}`)
  return Number(row!.n)
}

const inTopic = async (): Promise<number> =>
  Number([...(await admin.endOffsets(source.topic)).values()].reduce((sum, end) => sum + end, 0n))

/** Newest value of a metric, counting all that is stored. */
async function settled(url: string, metric: string): Promise<Update> {
  const at = Math.ceil(Date.now() / 30_000) * 30_000
  await sleep(Math.max(0, at + 2000 - Date.now()))
  return (await (await fetch(`${url}/api/metrics/${metric}?at=${at}`)).json()) as Update
}

const rising = (all: readonly Update[]): boolean =>
  all.every(({ timestamp }, i) => i === 0 || timestamp > all[i - 1]!.timestamp)

test('from nothing to numbers on the wall that are right to the last event', { timeout: 400_000 }, async () => {
  const { nodes } = pipeline
  const applied = await pipeline.json<{ ok: boolean; results: { ok: boolean }[] }>('apply', '--yes')
  expect(applied).toMatchObject({ ok: true })
  expect(await pipeline.json('plan')).toMatchObject({ empty: true, changes: [] })
  await pipeline.startNodes()

  const [ws1, ws2, sse1, sse2] = await Promise.all([
    openSocket(nodes.first.url),
    openSocket(nodes.second.url),
    openEvents(nodes.first.url, 'metric=error_rate_5min'),
    openEvents(nodes.second.url, 'metric=error_rate_5min&metric=revenue_today'),
  ])
  for (const { send } of [ws1, ws2]) send({ action: 'subscribe', metric: 'requests_per_second' })

  const sender = startSender(source, [nodes.first.url, nodes.second.url], RATE, 7)
  const measured = pipeline.run('verify', '--duration', '30s', '--json')
  await sleep(LOAD_MS)
  await sender.stop()
  const { stdout, stderr, code } = await measured
  const { checks, stages } = JSON.parse(stdout || '{"checks":[],"stages":[]}') as {
    checks: CheckResult[]
    stages: StageTimes[]
  }
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect([code, stdout === '' && stderr]).toEqual([0, false])
  expect(new Set(checks.filter(({ verdict }) => verdict === 'pass').map(({ group }) => group))).toEqual(
    new Set([1, 2, 3, 4, 5, 6, 7]),
  )
  console.log(stages.map(({ metric, stage, p50_ms, p99_ms }) => `${metric} ${stage} ${p50_ms}/${p99_ms}`).join('\n'))

  // Every event that was accepted, once: in the topic, in raw, in what the metrics say.
  await loaded()
  expect(await stored('_canary IS NULL OR _canary = 0')).toBe(sender.accepted.size)
  const polled = await settled(nodes.first.url, 'revenue_today')
  expect(BigInt(Math.round(Number(polled.exact ?? polled.value) * 100))).toBe(sender.cents())
  expect((await settled(nodes.second.url, 'revenue_today')).value).toBe(polled.value)

  // Both nodes told the same, in order and without a gap.
  await sleep(2000)
  const [one, two] = [ws1.inbox.all, ws2.inbox.all]
  expect(rising(one) && rising(two)).toBe(true)
  const from = Math.max(one[0]!.timestamp, two[0]!.timestamp)
  const common = Math.min(one.at(-1)!.timestamp, two.at(-1)!.timestamp)
  const between = (all: readonly Update[]) => all.filter(u => u.timestamp >= from && u.timestamp <= common)
  expect(between(one).map(({ timestamp, value }) => [timestamp, value])).toEqual(
    between(two).map(({ timestamp, value }) => [timestamp, value]),
  )
  expect(between(one)).toHaveLength((common - from) / BEAT_MS + 1)
  expect(rising(sse1.inbox.all.map(({ data }) => data))).toBe(true)
  expect(new Set(sse2.inbox.all.map(({ data }) => data.metric))).toEqual(new Set(['error_rate_5min', 'revenue_today']))

  // Each event is in four windows of a second; what Flink had closed before a late one came, it does not count.
  const counted = between(one).reduce((sum, { value }) => sum + (value ?? 0), 0) / (1000 / BEAT_MS)
  const late = sender.accepted.size - counted
  console.log(`${sender.accepted.size} events; tier 1 counted ${counted}: ${late} came too late for it`)
  expect(late).toBeGreaterThanOrEqual(0)
  expect(late).toBeLessThan(sender.accepted.size * 0.015)

  await Promise.all([ws1.close(), ws2.close(), sse1.close(), sse2.close()])
})
