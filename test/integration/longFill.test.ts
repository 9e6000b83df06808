import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { plan } from '../../src/plan/plan.js'
import { simulate } from '../../src/simulate/simulate.js'
import { startWholeStack, type WholeStack } from './wholeStack.js'

// Ten million events are stored, two thousand a second come in, and a metric is added that needs a state of all of them.

const ROWS = 10_000_000
const RATE = 2000
const columns = {
  event_type: 'LowCardinality(String)',
  user_id: 'UInt64',
  value: 'Decimal(18, 2)',
  ts: 'DateTime64(3)',
  region: 'LowCardinality(String)',
}
const before: Record<string, ShortMetric> = {
  rps: { tier: 1, measure: 'per_second(count())', window: trailing(1000), refreshMs: 250, by: ['region'] },
  errors: { measure: "count() filter (where event_type = 'error') / count()", window: trailing(300_000) },
  revenue: { measure: 'sum(value)', where: "event_type = 'purchase'", window: { kind: 'calendar', unit: 'day' } },
}
const after: Record<string, ShortMetric> = {
  ...before,
  largest: { measure: 'max(value)', where: "event_type = 'request'", window: { kind: 'calendar', unit: 'day' } },
  orders: { measure: "count() filter (where event_type = 'purchase')", window: trailing(3_600_000) },
}

let stack: WholeStack
beforeAll(async () => {
  stack = await startWholeStack(compile(testModel(columns, before)))
  for (let i = 0; i < 20; i++)
    await stack.ch.client.command(
      `INSERT INTO shop.raw_events (event_type, user_id, value, ts, region)
       SELECT ['request', 'error', 'purchase'][1 + number % 3], number % 200000, number % 1000, now64(3) - number / 6, ['eu', 'us'][1 + number % 2]
       FROM numbers(${ROWS / 20})`,
    )
}, 300_000)
afterAll(() => stack?.stop())

interface Status {
  readonly metrics: readonly {
    readonly name: string
    readonly skipped: number
    readonly delay_ms: { readonly p99: number | null }
  }[]
}

test('a metric is added to ten million events while more come in', { timeout: 400_000 }, async () => {
  const { client } = stack.ch
  const clients = { clickhouse: client }
  const wanted = compile(testModel(columns, after))
  const stop = new AbortController()
  const source = wanted.service.sources[0]!
  const sending = simulate({ source, url: stack.url, rate: RATE, seed: 1, signal: stop.signal })
  await sleep(2000)

  const planned = await plan(wanted, clients)
  const fills = planned.changes.filter(({ risk }) => risk === 'rebuild')
  expect(fills.length).toBeGreaterThan(0)
  expect(fills[0]!.impact!.rows).toBeGreaterThanOrEqual(ROWS)

  // Interrupted after some of it: says so, and goes on from there.
  const interruption = new AbortController()
  const said: string[] = []
  const first = await apply(planned, clients, {
    database: 'shop',
    signal: interruption.signal,
    onProgress: (_, text) => {
      if (said.push(text) === 4) interruption.abort()
    },
  })
  expect(first.ok).toBe(false)
  expect(first.results.map(({ error }) => error).join()).toContain('interrupted')
  const again: string[] = []
  const started = Date.now()
  const second = await apply(await plan(wanted, clients), clients, {
    database: 'shop',
    onProgress: (_, text) => again.push(text),
  })
  expect(second.results.filter(({ ok }) => !ok)).toEqual([])
  expect((await plan(wanted, clients)).changes).toEqual([])
  const told = [...said, ...again].filter(text => / of [\d,]+ events, about .* left/.test(text))
  expect(told.length, [...said, ...again].join('\n')).toBeGreaterThan(0)
  const { metrics } = await stack.get<Status>('/api/status')
  console.log(`${ROWS.toLocaleString('en')} rows: the rest took ${((Date.now() - started) / 1000).toFixed(1)} s`)
  for (const { name, skipped, delay_ms } of metrics.filter(({ name }) => name in before))
    console.log(`${name}: ${skipped} refreshes skipped, p99 ${delay_ms.p99?.toFixed(0)} ms after their instant`)

  stop.abort()
  const { accepted } = await sending
  await sleep(1500)
  expect(accepted).toBeGreaterThan(0)
  for (const { kind, spec } of wanted.resources) {
    if (kind !== 'clickhouse.rollup') continue
    for (const { name, sql } of spec.states) {
      const merge = name.startsWith('max') ? 'max' : 'sum'
      const [row] = await client.query<{ stored: number; direct: number }>(
        `SELECT (SELECT toFloat64(${merge}(${name})) FROM shop.${spec.table.name}) AS stored,
                (SELECT toFloat64(${sql}) FROM shop.raw_events WHERE _canary = 0) AS direct`,
      )
      expect(`${name} ${row!.stored}`).toBe(`${name} ${row!.direct}`)
    }
  }
})
