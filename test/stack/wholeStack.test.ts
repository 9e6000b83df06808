import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import type { SourceConfig } from '../../src/model/serviceConfig.js'
import { openEvents, openSocket } from '../../src/service/testing/clients.js'
import type { Update } from '../../src/service/update.js'
import type { CheckResult, StageTimes } from '../../src/verify/report.js'
import { type Pipeline, startPipeline } from './pipeline.js'
import { type Sender, startSender } from './sender.js'

// The storefront from nothing on Kafka, Flink, ClickHouse and Redis: applied by the program, served by the generated
// folder in three processes, looked at over all three channels of two nodes.

const RATE = 2000
const LOAD_MS = 60_000
const BEAT_MS = 250
/** What revenue_today is refreshed in. */
const REVENUE_MS = 10_000

let pipeline: Pipeline
let clickhouse: ClickHouse
let admin: KafkaAdmin
let flink: FlinkClient
let source: SourceConfig

beforeAll(async () => {
  pipeline = await startPipeline()
  const { username, password, origin } = new URL(pipeline.clickhouse.url)
  clickhouse = createClickHouse({ url: origin, username, password })
  admin = createKafkaAdmin({ brokers: pipeline.kafka.brokers })
  flink = createFlinkClient(pipeline.flink)
  const { model } = await check(`${pipeline.dir}/metrics.yaml`, { target: 'real' })
  source = compile(model!).service.sources[0]!
}, 300_000)

afterAll(async () => {
  await admin?.close()
  await flink?.close()
  await clickhouse?.close()
  await pipeline?.stop()
}, 60_000)

/** Resolves when the topic's records are all in raw: in order, each once. */
async function loaded(): Promise<void> {
  const missing = async () => (await inTopic()) - (await stored('1'))
  await expect.poll(missing, { timeout: 120_000, interval: 500 }).toBe(0)
}

async function stored(where: string): Promise<number> {
  const [row] = await clickhouse.query<{ n: string }>(`SELECT count() AS n FROM shop.raw_events WHERE ${where}`)
  return Number(row!.n)
}

const inTopic = async (): Promise<number> =>
  Number([...(await admin.endOffsets(source.topic)).values()].reduce((sum, end) => sum + end, 0n))

/** A value that counts all that is stored, as each of these nodes tells it of the same instant. */
async function settled(metric: string, ...urls: string[]): Promise<Update[]> {
  const at = Math.ceil(Date.now() / REVENUE_MS) * REVENUE_MS
  await sleep(Math.max(0, at + 2000 - Date.now()))
  return Promise.all(
    urls.map(async url => (await (await fetch(`${url}/api/metrics/${metric}?at=${at}`)).json()) as Update),
  )
}

/** All that sent events so far. */
const senders: Sender[] = []

function start(perSecond: number, seed: number): Sender {
  const sender = startSender(source, [pipeline.nodes.first.url, pipeline.nodes.second.url], perSecond, seed)
  senders.push(sender)
  return sender
}
afterEach(() => Promise.all(senders.map(sender => sender.stop())))

const centsOf = ({ exact, value }: Update): bigint => BigInt(Math.round(Number(exact ?? value) * 100))

/** Without the answer that there is no value yet, which a viewer may get first. */
const windows = (all: readonly Update[]): Update[] => all.filter(({ timestamp }) => timestamp % BEAT_MS === 0)

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

  const sender = start(RATE, 7)
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
  const polled = await settled('revenue_today', nodes.first.url, nodes.second.url)
  expect(polled.map(centsOf)).toEqual([sender.cents(), sender.cents()])
  expect(polled[1]!.value).toBe(polled[0]!.value)

  // Both nodes told the same, in order and without a gap.
  await sleep(2000)
  const [one, two] = [windows(ws1.inbox.all), windows(ws2.inbox.all)]
  expect(rising(one) && rising(two)).toBe(true)
  const from = Math.max(one[0]!.timestamp, two[0]!.timestamp)
  const common = Math.min(one.at(-1)!.timestamp, two.at(-1)!.timestamp)
  const between = (all: readonly Update[]) => all.filter(u => u.timestamp >= from && u.timestamp <= common)
  const second = new Map(between(two).map(({ timestamp, value }) => [timestamp, value]))
  const both = between(one).filter(({ timestamp }) => second.has(timestamp))
  expect(both.filter(({ timestamp, value }) => value !== second.get(timestamp))).toEqual([])
  expect(missing(between(two))).toBeLessThanOrEqual((await skipped()) + (await dropped(nodes.second.url)))
  expect(missing(between(one))).toBeLessThanOrEqual((await skipped()) + (await dropped(nodes.first.url)))
  expect(rising(sse1.inbox.all.map(({ data }) => data))).toBe(true)
  expect(new Set(sse2.inbox.all.map(({ data }) => data.metric))).toEqual(new Set(['error_rate_5min', 'revenue_today']))

  // Each event is in four windows of a second; what Flink had closed before a late one came, it does not count.
  const counted = between(one).reduce((sum, { value }) => sum + (value ?? 0), 0) / (1000 / BEAT_MS)
  const late = sender.accepted.size - counted
  const lost = missing(between(one))
  console.log(
    `${sender.accepted.size} events; tier 1 counted ${counted}: ${late} came too late for it, or in ${lost} windows that did not come`,
  )
  expect(late).toBeGreaterThanOrEqual(0)
  // One event in a hundred is late by itself; a busy machine makes more of them late.
  expect(late).toBeLessThan(sender.accepted.size * 0.1 + (lost * RATE) / (1000 / BEAT_MS))

  await Promise.all([ws1.close(), ws2.close(), sse1.close(), sse2.close()])
})

test('what was changed by hand is seen as drift and put right, and nothing else', { timeout: 300_000 }, async () => {
  const { nodes } = pipeline
  const sender = start(200, 8)
  const before = sender.accepted.size
  await admin.alterConfig(source.topic, { 'retention.ms': '3600000' })
  const [job] = (await flink.jobs()).filter(({ state }) => state === 'RUNNING')
  await flink.cancel(job!.id)
  await clickhouse.command('DROP VIEW shop.revenue_today')
  const [feeding] = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = 'shop' AND engine = 'MaterializedView' AND name LIKE 'rollup_events_5s%'`,
  )
  await clickhouse.command(`DROP VIEW shop.${feeding!.name}`)
  await expect.poll(() => sender.accepted.size, { timeout: 60_000 }).toBeGreaterThan(before + 400)

  const plan = await pipeline.json<{ changes: { id: string; action: string; reason: string; risk: string }[] }>('plan')
  console.log(plan.changes.map(({ action, id, risk, reason }) => `${action} ${id} (${risk}): ${reason}`).join('\n'))
  expect(plan.changes.map(({ id, action }) => `${action} ${id}`).sort()).toEqual([
    'create clickhouse.view/revenue_today',
    'create flink.job/events',
    `update clickhouse.rollup/rollup_events_5s`,
    `update kafka.topic/${source.topic}`,
  ])
  const applied = await pipeline.json<{ results: { id: string; ok: boolean }[] }>('apply', '--yes')
  expect(applied).toMatchObject({ ok: true })
  expect(applied.results).toHaveLength(4)
  expect(await pipeline.json('plan')).toMatchObject({ empty: true })
  await sender.stop()

  // What came while the rollup had no view is in it as well.
  await loaded()
  const cents = senders.reduce((sum, one) => sum + one.cents(), 0n)
  expect((await settled('revenue_today', nodes.first.url)).map(centsOf)).toEqual([cents])
})

test('changes under load: a tier there and back, the job from its savepoint, a retention', {
  timeout: 600_000,
}, async () => {
  const { nodes } = pipeline
  const skippedBefore = await skipped()
  const droppedBefore = await dropped(nodes.second.url)
  const viewer = await openSocket(nodes.second.url)
  viewer.send({ action: 'subscribe', metrics: ['requests_per_second', 'error_rate_5min'] })
  const sender = start(500, 10)
  const tier2 = ['    tier: 2\n    sla: { latency: 2m, query: 5s, lag: 30s }\n    title: Error rate', ''] as const
  const tier1 = tier2[0].replace('tier: 2', 'tier: 1')
  const steps = [
    { name: 'tier 2 → 1', edits: [[tier2[0], tier1]] },
    { name: 'topic retention', edits: [['topic: 7d', 'topic: 8d']] },
    { name: 'tier 1 → 2', edits: [[tier1, tier2[0]]] },
  ] as const
  const told: Update[] = []
  for (const { name, edits } of steps) {
    pipeline.edit(...edits)
    const plan = await pipeline.json<{ changes: { id: string; action: string; reason: string }[] }>('plan')
    console.log(`${name}:\n${plan.changes.map(({ action, id, reason }) => `  ${action} ${id}: ${reason}`).join('\n')}`)
    expect(plan.changes.length).toBeGreaterThan(0)
    const begun = Date.now()
    expect(await pipeline.json('apply', '--yes')).toMatchObject({ ok: true })
    expect(await pipeline.json('plan')).toMatchObject({ empty: true })
    console.log(`  applied in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
    await sleep(15_000)
    for (const metric of ['requests_per_second', 'error_rate_5min']) {
      const shown = windows(viewer.inbox.all).filter(u => u.metric === metric)
      expect(rising(shown)).toBe(true)
      const last = shown.at(-1)!
      expect(last.stale).not.toBe(true)
      expect(Date.now() - last.timestamp).toBeLessThan(30_000)
      told.push(last)
    }
  }
  await sender.stop()
  await loaded()
  expect(await stored('_canary IS NULL OR _canary = 0')).toBe(senders.reduce((sum, one) => sum + one.accepted.size, 0))
  // What viewers got is what is stored of that instant, but for what came after Flink had closed a window.
  for (const { metric, timestamp, value } of told) {
    const then = (await (await fetch(`${nodes.first.url}/api/metrics/${metric}?at=${timestamp}`)).json()) as Update
    const far = metric === 'requests_per_second' ? 0.25 : 0.05
    const off = Math.abs(value! / then.value! - 1)
    expect(off, `${metric} at ${timestamp}: ${value} told, ${then.value} stored`).toBeLessThan(far)
  }
  const requests = windows(viewer.inbox.all).filter(u => u.metric === 'requests_per_second')
  const slow = (await dropped(nodes.second.url)) - droppedBefore
  expect(missing(requests)).toBeLessThanOrEqual((await skipped()) - skippedBefore + slow)
  await viewer.close()
})

/** Takes a part of the pipeline away and brings it back. */
interface Outage {
  readonly name: string
  readonly awayMs: number
  down(): Promise<unknown>
  up(): Promise<unknown>
  /** A metric that is marked stale meanwhile, where viewers must be told. */
  readonly stale?: string
}

test('parts that go away and come back lose nothing, and viewers are told meanwhile', {
  timeout: 900_000,
}, async () => {
  const { nodes, kafka, redis } = pipeline
  const skippedBefore = await skipped()
  const droppedBefore = await Promise.all([dropped(nodes.first.url), dropped(nodes.second.url)])
  const outages: Outage[] = [
    { name: 'Redis', awayMs: 20_000, down: () => redis.kill(), up: () => redis.start(), stale: 'requests_per_second' },
    {
      name: 'the broker',
      awayMs: 20_000,
      down: () => kafka.kill(),
      up: () => kafka.startBroker(),
      stale: 'requests_per_second',
    },
    {
      name: 'the TaskManager',
      awayMs: 5000,
      down: () => pipeline.flink.killTaskManager(),
      up: () => pipeline.flink.startTaskManager(),
    },
    {
      name: 'ClickHouse',
      awayMs: 60_000,
      down: () => pipeline.clickhouse.kill(),
      up: () => pipeline.clickhouse.start(),
      stale: 'error_rate_5min',
    },
  ]
  const viewers = await Promise.all([openSocket(nodes.first.url), openSocket(nodes.second.url)])
  for (const { send } of viewers) send({ action: 'subscribe', metrics: ['requests_per_second', 'error_rate_5min'] })
  const of = (viewer: (typeof viewers)[number], metric: string) =>
    windows(viewer.inbox.all).filter(update => update.metric === metric)
  const sender = start(500, 9)

  for (const { name, awayMs, down, up, stale } of outages) {
    await down()
    const seen = viewers.map(viewer => viewer.inbox.all.length)
    await sleep(awayMs)
    if (stale !== undefined)
      for (const [i, viewer] of viewers.entries())
        await expect
          .poll(() => viewer.inbox.all.slice(seen[i]).some(u => u.metric === stale && u.stale === true), {
            timeout: 30_000,
          })
          .toBe(true)
    await up()
    const back = Date.now()
    // Recovered: what is shown is not stale any more, on either node, and the loader has caught up.
    for (const viewer of viewers)
      for (const metric of ['requests_per_second', 'error_rate_5min'])
        await expect
          .poll(() => of(viewer, metric).some(u => u.timestamp > back && u.stale !== true), { timeout: 120_000 })
          .toBe(true)
    const shown = Date.now() - back
    await expect.poll(async () => (await lagMs()) < 5000, { timeout: 120_000 }).toBe(true)
    console.log(
      `${name} away for ${awayMs / 1000} s: shown again after ${(shown / 1000).toFixed(1)} s, stored after ${((Date.now() - back) / 1000).toFixed(1)} s`,
    )
  }
  await sender.stop()
  await expect.poll(async () => (await flink.jobs()).filter(j => j.state === 'RUNNING').length).toBe(1)

  await loaded()
  const ids = senders.reduce((sum, one) => sum + one.accepted.size, 0)
  expect(await stored('_canary IS NULL OR _canary = 0')).toBe(ids)
  const cents = senders.reduce((sum, one) => sum + one.cents(), 0n)
  expect((await settled('revenue_today', nodes.second.url)).map(centsOf)).toEqual([cents])

  // No window is missing on either node, none came twice or out of order but as the same one, marked stale.
  for (const [i, viewer] of viewers.entries()) {
    const slow = (await dropped([nodes.first, nodes.second][i]!.url)) - droppedBefore[i]!
    const all = of(viewer, 'requests_per_second')
    expect(all.every(({ timestamp }, i) => i === 0 || timestamp >= all[i - 1]!.timestamp)).toBe(true)
    expect(missing(all)).toBeLessThanOrEqual((await skipped()) - skippedBefore + slow)
  }
  await Promise.all(viewers.map(viewer => viewer.close()))
})

/** Windows between the first and the last that did not come. */
function missing(all: readonly Update[]): number {
  const seen = new Set(all.map(({ timestamp }) => timestamp))
  return (all.at(-1)!.timestamp - all[0]!.timestamp) / BEAT_MS + 1 - seen.size
}

/** Windows of the first metric that the publisher says it had no time for: a busy machine may have some. */
async function skipped(): Promise<number> {
  const status = (await (await fetch(`${pipeline.nodes.back.url}/api/status`)).json()) as {
    metrics: { name: string; skipped: number }[]
  }
  return status.metrics.find(({ name }) => name === 'requests_per_second')!.skipped
}

/** Updates that a node let give way to newer ones, as a viewer did not take them in time: this process may be busy. */
async function dropped(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^rtdash_queue_drops_total (\d+)/m.exec(text)?.[1] ?? 0)
}

/** How far the loader is behind the topic, as the process that runs it says. */
async function lagMs(): Promise<number> {
  const status = (await (await fetch(`${pipeline.nodes.back.url}/api/status`)).json()) as { load: { lagMs: number }[] }
  return Math.max(...status.load.map(one => one.lagMs))
}
