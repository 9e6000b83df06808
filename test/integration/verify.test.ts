import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { hintsFor } from '../../src/cli/hints.js'
import { compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Metric, Model } from '../../src/model/model.js'
import { plan } from '../../src/plan/plan.js'
import type { RunningService } from '../../src/service/options.js'
import { startService } from '../../src/service/server.js'
import { simulate } from '../../src/simulate/simulate.js'
import type { CheckResult, VerifyReport } from '../../src/verify/report.js'
import { verify } from '../../src/verify/verify.js'
import { schemaErrors } from '../support/schema.js'

// The storefront with traffic, its promises such that a busy shared machine can hold them.

const patient = ({ refreshMs, cacheMs }: Metric) => ({
  latencyMs: refreshMs + cacheMs + 20_000,
  queryMs: 5000,
  lagMs: 30_000,
})

let ch: TestClickHouse
let service: RunningService
let model: Model
let report: VerifyReport
const ending = new AbortController()
let traffic: Promise<unknown>

beforeAll(async () => {
  const file = fileURLToPath(new URL('../../examples/storefront/metrics.yaml', import.meta.url))
  const checked = await check(file, { target: 'local' })
  model = { ...checked.model!, metrics: checked.model!.metrics.map(metric => ({ ...metric, sla: patient(metric) })) }
  ch = await testClickHouse()
  await applied(model)
  service = await startService({ clickhouse: ch.client, database: model.project, port: 0, stateDir: ch.dir })
  await takenUp(model)
  const source = compile(model).service.sources[0]!
  const hints = hintsFor(model, source.name)
  traffic = simulate({ source, hints, url: service.url, rate: 500, seed: 7, signal: ending.signal })
}, 120_000)
afterAll(async () => {
  ending.abort()
  await traffic
  await service?.stop()
  await ch?.stop()
})

async function applied(wanted: Model): Promise<void> {
  const clients = { clickhouse: ch.client }
  const { results } = await apply(await plan(compile(wanted), clients), clients, { database: wanted.project })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
}

/** Until the service has taken up what was applied. */
async function takenUp(wanted: Model): Promise<void> {
  while (service.config()?.hash !== compile(wanted).service.hash) await new Promise(resolve => setTimeout(resolve, 50))
}

const run = (wanted: Model, durationMs: number, signal = new AbortController().signal) =>
  verify({ model: wanted, service: { url: service.url }, clickhouse: ch.client, durationMs, signal })
const of = (id: string): CheckResult[] => report.checks.filter(result => result.id === id)
const one = (id: string, name: string): CheckResult =>
  of(id).find(({ metric, rollup, source }) => (metric ?? rollup ?? source) === name)!

describe.sequential('verify on the running storefront', () => {
  it('holds every promise that it can measure', { timeout: 180_000 }, async () => {
    report = await run(model, 10_000)
    if (process.env.VERIFY_PRINT) console.log(JSON.stringify(report, null, 1))
    expect(report.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(report.ok).toBe(true)
    expect(schemaErrors('verify', JSON.parse(JSON.stringify(report)))).toBeNull()
  })

  it('sees every metric on its own channel', () => {
    for (const { name, deliver } of model.metrics)
      expect(one('delivery', name)).toMatchObject({ verdict: 'pass', detail: expect.stringContaining(deliver) })
  })

  it('measures latency where the run covers a refresh, stage by stage', () => {
    for (const name of ['requests_per_second', 'error_rate_5min', 'revenue_today']) {
      const { verdict, observed } = one('latency', name)
      expect({ name, verdict }).toEqual({ name, verdict: 'pass' })
      const stages = report.stages.filter(({ metric }) => metric === name)
      expect(stages.map(({ stage }) => stage)).toEqual(['ingest', 'view', 'query', 'push', 'total'])
      expect(stages.at(-1)!.p99_ms).toBe(observed)
      for (const { p50_ms, p99_ms } of stages) {
        expect(p50_ms).toBeGreaterThanOrEqual(-1)
        expect(p99_ms).toBeGreaterThanOrEqual(p50_ms!)
      }
    }
    // Every refresh waits for its settle time first.
    expect(one('latency', 'requests_per_second').observed).toBeGreaterThan(200)
    expect(one('latency', 'revenue_today').observed).toBeGreaterThan(5000)
  })

  it('skips what it cannot measure, and says why', () => {
    expect(one('latency', 'p99_latency_1h')).toMatchObject({
      verdict: 'skipped',
      reason: expect.stringContaining('--duration 30s'),
    })
    for (const id of ['topics', 'consumers', 'redis', 'alert-rules', 'dashboards'])
      expect(of(id)).toEqual([expect.objectContaining({ verdict: 'skipped', reason: expect.any(String) })])
  })

  it('counts events, rows and totals while they flow', () => {
    expect(one('ingest-errors', 'events')).toMatchObject({ verdict: 'pass', observed: 0 })
    expect(one('events-stored', 'events').verdict).toBe('pass')
    expect(one('events-stored', 'events').observed).toBeGreaterThan(1000)
    for (const result of of('rollups-grow')) expect(result.verdict).toBe('pass')
    expect(of('rollup-totals').some(({ verdict }) => verdict === 'pass')).toBe(true)
  })

  it('runs each query often enough, and knows what it read', () => {
    for (const { name } of model.metrics)
      expect(one('query', name)).toMatchObject({ verdict: 'pass', detail: expect.stringMatching(/\d rows read$/) })
  })

  it('changes no number that a user sees', async () => {
    const twin: Model = { ...model, project: 'twin' }
    await applied(twin)
    const table = model.sources[0]!.table
    const [row] = await ch.client.query<{ canaries: string }>(
      `SELECT countIf(_canary != 0) AS canaries FROM shop.${table}`,
    )
    expect(Number(row!.canaries)).toBeGreaterThan(100)
    const asof = new Date(Math.floor(Date.now() / 10_000) * 10_000)
    const values = async (of: Model) => {
      const rows: Record<string, unknown> = {}
      for (const { name, query } of compile(of).service.metrics) rows[name] = await ch.client.query(query, { asof })
      return rows
    }
    ending.abort()
    await traffic
    await ch.client.command(`INSERT INTO twin.${table} SELECT * FROM shop.${table} WHERE _canary = 0`)
    expect(await values(model)).toEqual(await values(twin))
    expect(JSON.stringify(await values(model))).not.toContain('"value":null')
  })

  it('says when the service does not take it up', { timeout: 120_000 }, async () => {
    report = await run({ ...model, project: 'twin' }, 1000)
    expect(of('configuration')).toMatchObject([{ verdict: 'fail', reason: expect.stringContaining('its log') }])
  })

  it('waits for a service that has not taken up yet what was applied', { timeout: 120_000 }, async () => {
    const [first, ...others] = model.metrics
    const wanted: Model = { ...model, metrics: [{ ...first!, name: 'just_added' }, ...others] }
    await applied(wanted)
    report = await run(wanted, 2000)
    expect(one('delivery', 'just_added')).toMatchObject({ verdict: 'pass' })
    expect(of('configuration')).toMatchObject([{ verdict: 'pass' }])
  })

  it('names the metric whose promise cannot be kept, and events nobody accepted', { timeout: 120_000 }, async () => {
    const wanted: Model = {
      ...model,
      metrics: model.metrics.map(metric =>
        metric.tier === 1 ? { ...metric, sla: { ...metric.sla, latencyMs: 1 } } : metric,
      ),
    }
    await applied(wanted)
    // Rows that came from nowhere, while counting: more than canaries can be under way.
    const intruder = setTimeout(
      () => ch.client.command('INSERT INTO shop.raw_events (ts, _batch) SELECT now64(3), 7 FROM numbers(500)'),
      3000,
    )
    report = await run(wanted, 5000)
    clearTimeout(intruder)
    expect(report.ok).toBe(false)
    const failed = report.checks.filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ id, metric, source }) => [id, metric ?? source])).toEqual(
      expect.arrayContaining([
        ['latency', 'requests_per_second'],
        ['events-stored', 'events'],
      ]),
    )
    expect(one('ingest-errors', 'events').verdict).toBe('skipped')
    expect(failed.some(({ metric }) => metric === 'revenue_today')).toBe(false)
  })

  it('sees another configuration, a table that differs, and a rollup that lost rows', {
    timeout: 120_000,
  }, async () => {
    const { name } = compile(model).rollups.rollups.find(({ bucketMs }) => bucketMs < 10_000)!
    await ch.client.command(`ALTER TABLE shop.raw_events MODIFY TTL toDateTime(ingested_at) + INTERVAL 400 DAY`)
    await ch.client.command(`TRUNCATE TABLE shop.${name}`)
    report = await run(model, 1000)
    expect(one('rollup-totals', name)).toMatchObject({ verdict: 'fail' })
    expect(of('declared')[0]).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('raw_events') })
    expect(of('configuration')[0]).toMatchObject({ verdict: 'fail' })
  })

  it('stops when told', async () => {
    await expect(run(model, 60_000, AbortSignal.timeout(2000))).rejects.toThrow()
    await expect
      .poll(
        async () =>
          ((await (await fetch(`${service.url}/healthz`)).json()) as { active_connections: number }).active_connections,
      )
      .toBe(0)
  })

  it('says what is wrong when nothing can be measured', async () => {
    const nobody = { model, clickhouse: ch.client, durationMs: 1000, signal: new AbortController().signal }
    await expect(verify({ ...nobody, service: { url: 'http://127.0.0.1:9' } })).rejects.toThrow('does not answer')
    const other = { ...model, sources: model.sources.map(source => ({ ...source, name: 'orders' })) }
    const metrics = model.metrics.map(metric => ({ ...metric, source: 'orders' }))
    await expect(run({ ...other, metrics }, 1000)).rejects.toThrow('refuses canaries: 404')
  })
})
