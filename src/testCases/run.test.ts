import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import type { TestReport } from './report.js'
import { runTests } from './run.js'
import { modelOf } from './testing.js'

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())
beforeEach(() => ch.client.command('DROP DATABASE IF EXISTS shop SYNC'))

const head = `version: 1
project: shop
timezone: America/New_York
sources:
  events:
    timestamp: ts
    id: n
    format: epoch_seconds
    accept: { older: 1h, newer: 5m }
    retention: { raw: 8d, rollup: 30d }
    columns:
      n: UInt32
      ts: { type: DateTime64(3), from: at.time }
      kind: LowCardinality(String)
      region: LowCardinality(Nullable(String))
      value: Decimal(18, 2)
metrics:
  paid_today: { measure: sum(value), where: kind = 'purchase', window: day, refresh: 10s }
  share: { measure: count() filter (where kind = 'error') / count(), window: 1m, refresh: 5s, by: [region] }
  p50: { measure: "quantile(0.5, value)", window: 1h, refresh: 10s }
  weekly: { measure: uniq(n), window: week, refresh: 1m }
`
const run = async (tests: string): Promise<TestReport> => runTests(ch.client, await modelOf(head + tests))

test('values at instants, in every kind of window, series by series', async () => {
  const report = await run(`tests:
  - name: a day is the zone's day
    events:
      events:
        - { n: 1, at: { time: 0s }, kind: purchase, value: 1.25 }
        - { n: 2, at: { time: 23h }, kind: purchase, value: "2.5" }
        - { n: 3, at: { time: 24h }, kind: purchase, value: 10 }
    expect:
      - { at: 10s, metric: paid_today, value: 1.25 }
      - { at: 24h, metric: paid_today, value: 0 }
      - { at: 86399s, metric: paid_today, value: 3.75 }
      - { at: 25h, metric: paid_today, value: 10 }
      - { at: 25h, metric: weekly, value: 3 }
      - { at: 25h, metric: p50, value: 10.05 }
  - name: nothing is left of the case before
    events:
      events:
        - { n: 1, at: { time: 0s }, kind: error, region: eu }
        - { n: 2, at: { time: 1s }, kind: view, region: eu }
        - { n: 3, at: { time: 1s }, kind: view }
    expect:
      - { at: 5s, metric: weekly, value: 0 }
      - { at: 1m, metric: weekly, value: 3 }
      - { at: 5s, metric: share, series: { region: eu }, value: 0.5 }
      - { at: 5s, metric: share, series: { region: "null" }, value: 0 }
      - { at: 5s, metric: share, series: { region: us }, value: null }
      - { at: 5m, metric: share, value: null }
`)
  expect(report.cases.flatMap(({ diff }) => diff)).toEqual([])
  expect(report).toMatchObject({ ok: true, cases: [{ line: 23 }, { line: 36 }] })
})

test('a difference shows what was expected, what came, and the events behind it', async () => {
  const report = await run(`tests:
  - name: wrong
    events:
      events:
        - { n: 1, at: { time: 500ms }, kind: purchase, value: 1.25 }
        - { n: 1, at: { time: 500ms }, kind: purchase, value: 1.25 }
        - { n: 2, at: { time: 2h }, kind: purchase, value: 4 }
        - { n: 3, at: { time: 59m }, kind: purchase, value: 4 }
        - { n: 4, at: { time: 2h }, kind: purchase, value: many }
        - { n: 5, at: { time: 2h }, kind: view }
    expect:
      - { at: 19s, metric: paid_today, value: 2.5 }
`)
  expect(report.ok).toBe(false)
  const [{ diff, uncounted }] = report.cases as [TestReport['cases'][0]]
  expect(diff).toEqual([
    {
      file: expect.stringContaining('metrics.yaml'),
      line: 33,
      column: 9,
      metric: 'paid_today',
      at_ms: 19_000,
      read_at_ms: 10_000,
      expected: 2.5,
      actual: 1.25,
      counted: { count: 1, others: 2, rows: [{ ts: '500ms', kind: 'purchase', value: '1.25' }] },
    },
  ])
  expect(uncounted.map(({ line, reason }) => `${line} ${reason.split(':')[0]}`)).toEqual([
    '29 rejected',
    '30 rejected',
    '27 sent twice',
  ])
})

test('a series that is not told apart is no match', async () => {
  const model = await modelOf(
    head.replace('by: [region]', 'by: [region, kind]') +
      `tests:
  - name: vague
    events:
      events:
        - { n: 1, at: { time: 0s }, kind: error, region: eu }
        - { n: 2, at: { time: 0s }, kind: view, region: eu }
    expect:
      - { at: 5s, metric: share, series: { region: eu }, value: null }
      - { at: 5s, metric: share, series: { region: eu, kind: view }, value: 0 }
`,
  )
  const report = await runTests(ch.client, model)
  expect(report.cases[0]!.diff).toMatchObject([{ note: '2 series are like that: name every dimension' }])
})
