import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { createRedis, type Redis } from '../../src/clients/redis.js'
import { compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Model } from '../../src/model/model.js'
import { plan } from '../../src/plan/plan.js'
import type { Role, RunningService } from '../../src/service/options.js'
import { startService } from '../../src/service/server.js'
import type { CheckResult } from '../../src/verify/report.js'
import { verify } from '../../src/verify/verify.js'
import { type RedisEngine, startRedis } from './redis.js'

// The storefront with its service apart: one node takes events and pushes, one pushes, one publishes.

let ch: TestClickHouse
let engine: RedisEngine
let redis: Redis
let model: Model
const services: RunningService[] = []

beforeAll(async () => {
  ;[ch, engine] = await Promise.all([testClickHouse(), startRedis()])
  const file = fileURLToPath(new URL('../../examples/storefront/metrics.yaml', import.meta.url))
  const checked = (await check(file, { target: 'local' })).model!
  const patient = { latencyMs: 60_000, queryMs: 5000, lagMs: 30_000 }
  model = {
    ...checked,
    metrics: checked.metrics.map(metric => ({ ...metric, sla: patient })),
    target: { ...checked.target, redis: { url: { template: engine.url } } },
  }
  redis = createRedis({ url: engine.url })
  const clients = { clickhouse: ch.client }
  const { results } = await apply(await plan(compile(model), clients), clients, { database: model.project })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  const start = async (roles: readonly Role[]) =>
    services.push(
      await startService({
        clickhouse: ch.client,
        database: model.project,
        port: 0,
        stateDir: ch.dir,
        roles,
        redis: { url: engine.url },
      }),
    )
  await start(['ingest', 'push'])
  await start(['push'])
  await start(['publish'])
}, 120_000)

afterAll(async () => {
  for (const service of services) await service.stop()
  redis?.close()
  await engine?.stop()
  await ch?.stop()
})

const run = (wanted: Model) =>
  verify({
    model: wanted,
    service: { url: services[0]!.url },
    clickhouse: ch.client,
    redis,
    durationMs: 5000,
    signal: new AbortController().signal,
  })

const of = (checks: readonly CheckResult[], id: string) => checks.filter(result => result.id === id)

test('verify measures the fan-out, compares two nodes, and knows every node', async () => {
  const { checks } = await run(model)
  expect(checks.filter(({ verdict, group }) => verdict === 'fail' && group !== 7)).toEqual([])
  expect(of(checks, 'fanout')).toEqual([
    expect.objectContaining({ verdict: 'pass', unit: 'ms' }),
    expect.objectContaining({ verdict: 'pass', detail: 'median of 20 messages on metric-updates' }),
  ])
  expect(of(checks, 'viewers-agree')).toEqual([
    expect.objectContaining({ verdict: 'pass' }),
    expect.objectContaining({ verdict: 'pass', detail: expect.stringContaining(' and http://127.0.0.1:') }),
  ])
  expect(of(checks, 'redis').map(({ verdict, observed, unit }) => [verdict, observed, unit])).toEqual([
    ['pass', 2, 'subscribers'],
    ['pass', 2, 'configured nodes'],
    ['pass', 1, 'active publishers'],
  ])
}, 120_000)

test('a node that has another configuration, and a publisher that is gone, are found', async () => {
  await services[2]!.stop()
  // Nobody publishes: what is waited for is as long as the promise, and will not come.
  const hasty = model.metrics.map(one => ({ ...one, sla: { ...one.sla, latencyMs: 1000 } }))
  const [metric, ...others] = hasty
  const { checks } = await run({ ...model, metrics: [{ ...metric!, title: 'another' }, ...others] })
  expect(of(checks, 'redis')).toEqual([
    expect.objectContaining({ verdict: 'pass', observed: 2 }),
    expect.objectContaining({ verdict: 'fail', observed: 0, limit: 2 }),
    expect.objectContaining({ verdict: 'fail', observed: 0, reason: 'no node has the role publish' }),
  ])
}, 120_000)
