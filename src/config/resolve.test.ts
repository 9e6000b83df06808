import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Model } from '../model/model.js'
import { check } from './check.js'
import { partitionsFor } from './defaults.js'

async function modelOf(text: string, target = 'local'): Promise<Model> {
  const folder = await mkdtemp(join(tmpdir(), 'rtdash-resolve-'))
  await writeFile(join(folder, 'metrics.yaml'), `version: 1\nproject: shop\n${text}`)
  const { model, diagnostics } = await check(join(folder, 'metrics.yaml'), { target })
  await rm(folder, { recursive: true })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return model!
}

const source = 'sources: { events: { timestamp: ts, columns: { ts: DateTime64(3), value: Float64 } } }\n'
const metrics = (...lines: string[]): string => `${source}metrics:\n${lines.map(line => `  ${line}\n`).join('')}`

test('the least file has every default', async () => {
  const model = await modelOf(metrics('m: { measure: count(), window: 5m }'))
  expect(model).toMatchObject({ project: 'shop', timezone: 'UTC', alerts: [], tests: [] })
  expect(model.target).toEqual({ name: 'local', clickhouse: { kind: 'embedded' } })
  const day = 86_400_000
  expect(model.sources[0]).toMatchObject({
    topic: 'shop.events',
    table: 'events',
    latenessMs: 200,
    accept: { olderMs: 7 * day, newerMs: 300_000 },
    retention: { topicMs: 7 * day, rawMs: 90 * day, rollupMs: 365 * day },
    partitions: 1,
    replication: 3,
  })
  expect(model.sources[0]).not.toHaveProperty('dedupMs')
  expect(model.metrics[0]).toMatchObject({
    tier: 2,
    refreshMs: 5000,
    settleMs: 1000,
    deliver: 'sse',
    cacheMs: 5000,
    limit: 100,
    by: [],
  })
  expect(model.metrics[0]?.sla).toEqual({ latencyMs: 10_000, queryMs: 100, lagMs: 30_000 })
})

test.each([
  ['tier: 1', 1, 250, 200, 'ws', 250, 1000],
  ['refresh: 500ms', 1, 500, 200, 'ws', 500, 1000],
  ['refresh: 1s', 2, 1000, 1000, 'sse', 1000, 6000],
  ['refresh: 30s', 2, 30_000, 1000, 'sse', 30_000, 35_000],
  ['refresh: 31s', 3, 31_000, 5000, 'poll', 31_000, 72_000],
  ['tier: 3', 3, 300_000, 5000, 'poll', 300_000, 610_000],
  ['tier: 3, refresh: 1m, cache: 30s', 3, 60_000, 5000, 'poll', 30_000, 100_000],
] as const)('%s', async (keys, tier, refreshMs, settleMs, deliver, cacheMs, latencyMs) => {
  const { metrics: found } = await modelOf(metrics(`m: { measure: count(), window: 1h, ${keys} }`))
  expect(found[0]).toMatchObject({ tier, refreshMs, settleMs, deliver, cacheMs, sla: { latencyMs } })
})

test('forever and any are null, zero stays zero', async () => {
  const model = await modelOf(
    'sources: { e: { timestamp: t, columns: { t: DateTime64(3) }, lateness: 0s, accept: { older: any, newer: 0s }, retention: { topic: forever, raw: forever, rollup: forever } } }\n',
  )
  expect(model.sources[0]).toMatchObject({
    latenessMs: 0,
    accept: { olderMs: null, newerMs: 0 },
    retention: { topicMs: null, rawMs: null, rollupMs: null },
  })
})

test('columns in both forms, and numbers that JavaScript would round', async () => {
  const model = await modelOf(`sources:
  e:
    timestamp: t
    id: i
    columns:
      t: DateTime64(3)
      i: { type: UInt64, default: 18446744073709551615 }
      n: { type: "Decimal(30, 10)", from: a.b.c, default: 12345678901234567890.0123456789 }
      o: { type: Nullable(String), default: null }
`)
  expect(model.sources[0]?.dedupMs).toBe(600_000)
  expect(model.sources[0]?.columns.map(({ span: _, type: __, ...rest }) => rest)).toEqual([
    { name: 't' },
    { name: 'i', default: '18446744073709551615' },
    { name: 'n', from: ['a', 'b', 'c'], default: '12345678901234567890.0123456789' },
    { name: 'o', default: null },
  ])
})

test('anchors and merges give metrics what they have in common', async () => {
  const model = await modelOf(
    metrics(
      'a: &base { measure: count(), window: 5m, refresh: 10s, unit: x }',
      'b: { <<: *base, unit: y, window: 1h }',
    ),
  )
  expect(model.metrics[1]).toMatchObject({
    name: 'b',
    refreshMs: 10_000,
    unit: 'y',
    window: { kind: 'trailing', ms: 3_600_000 },
  })
})

test('the chosen target, with its settings as written', async () => {
  const text = `${source}targets:\n  prod: { kafka: { brokers: "\${K:-a:1,b:2}" }, clickhouse: { url: "http://u:\${PASSWORD}@h", cluster: main } }\n`
  const { target } = await modelOf(text, 'prod')
  expect(target).toMatchObject({
    name: 'prod',
    kafka: { brokers: { template: `\${K:-a:1,b:2}`, span: { line: 5, column: 29 } } },
    clickhouse: { kind: 'server', url: { template: `http://u:\${PASSWORD}@h` }, cluster: 'main' },
  })
  expect((await modelOf(text)).target).toEqual({ name: 'local', clickhouse: { kind: 'embedded' } })
})

test('times in tests are ms from the start', async () => {
  const model = await modelOf(
    `${metrics('m: { measure: sum(value), window: 5m }')}tests:\n  - name: t\n    events: { events: [{ ts: 1500ms, value: 2 }] }\n    expect: [{ at: 5s, metric: m, value: 2 }]\n`,
  )
  expect(model.tests[0]).toMatchObject({
    name: 't',
    events: { events: [{ fields: { ts: 1500, value: 2 } }] },
    expect: [{ atMs: 5000, metric: 'm', value: 2 }],
  })
})

test('one partition for 5,000 events a second, in steps that three brokers share', () => {
  const cases = [
    [undefined, 1],
    [5000, 1],
    [5001, 3],
    [15_000, 3],
    [15_001, 6],
    [60_000, 12],
    [1e6, 384],
  ] as const
  for (const [rate, partitions] of cases) expect(partitionsFor(rate)).toBe(partitions)
})

test('so are times that are nested in the event', async () => {
  const model = await modelOf(
    'sources: { e: { timestamp: t, columns: { t: { type: DateTime64(3), from: meta.at }, n: { type: UInt8, from: meta.n } } } }\nmetrics: { m: { measure: sum(n), window: 5m } }\ntests: [{ name: t, events: { e: [{ meta: { at: 2s, n: 1 } }] }, expect: [{ at: 5s, metric: m, value: 1 }] }]\n',
  )
  expect(model.tests[0]?.events.e?.[0]?.fields).toEqual({ meta: { at: 2000, n: 1 } })
})
