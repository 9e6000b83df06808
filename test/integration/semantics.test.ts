import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Window } from '../../src/model/model.js'
import { statementsOf } from '../../src/targets/clickhouse/files.js'
import { columns } from '../support/columns.js'

// Every aggregate, read from rollups, against a direct query over raw: late events, a midnight, both DST changes.

const calendar = (unit: 'hour' | 'day' | 'week' | 'month'): Window => ({ kind: 'calendar', unit })
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Each metric and the same thing said in plain ClickHouse SQL over raw. */
const aggregates: Record<string, [measure: string, direct: string, where?: string]> = {
  count: ['count()', 'count()'],
  count_some: ["count() filter (where event_type = 'error')", "countIf(event_type = 'error')"],
  count_score: ['count(score)', 'count(score)'],
  ratio: [
    "count() filter (where event_type = 'error') / count()",
    "if(count() = 0, NULL, countIf(event_type = 'error') / count())",
  ],
  sum_value: ['sum(value)', 'sum(value)'],
  sum_amount: ['sum(amount)', 'toFloat64(sum(amount))', "event_type = 'purchase'"],
  sum_score: ['sum(score)', 'ifNull(sum(score), 0)'],
  sum_big: ['sum(big)', 'toFloat64(sum(toInt256(big)))'],
  avg_value: ['avg(value)', 'if(count() = 0, NULL, sum(value) / count())'],
  avg_score: ['avg(score)', 'avg(score)'],
  min_score: ['min(score)', 'min(score)'],
  max_value: ['max(value)', 'if(count() = 0, NULL, max(value))'],
  uniq_users: ['uniq(user_id)', 'uniqCombined64(14)(user_id)'],
  uniq_exact_users: ['uniq_exact(user_id)', 'uniqExact(user_id)'],
  p50: ['quantile(0.5, value)', 'if(count() = 0, NULL, quantileDD(0.01, 0.5)(value))'],
  p99: ['quantile(0.99, value)', 'if(count() = 0, NULL, quantileDD(0.01, 0.99)(value))', "event_type = 'request'"],
  first_value: ['first(value)', 'if(count() = 0, NULL, argMin(value, (ts, value)))'],
  last_score: ['last(score)', 'argMaxIf(score, (ts, score), score IS NOT NULL)'],
  margin: [
    '(sum(amount) - sum(value)) / count() * 2 + 1',
    'if(count() = 0, NULL, (toFloat64(sum(amount)) - sum(value)) / count() * 2 + 1)',
  ],
}

const windows: Record<string, { window: Window; refreshMs: number; by?: string[] }> = {
  s1: { window: trailing(1000), refreshMs: 250, by: ['region'] },
  m5: { window: trailing(5 * MINUTE), refreshMs: 5000 },
  h26: { window: trailing(26 * HOUR), refreshMs: 30_000, by: ['plan', 'region'] },
  hour: { window: calendar('hour'), refreshMs: 10_000, by: ['region'] },
  day: { window: calendar('day'), refreshMs: 10_000 },
  week: { window: calendar('week'), refreshMs: 5 * MINUTE },
  month: { window: calendar('month'), refreshMs: MINUTE, by: ['plan'] },
}

const metrics: Record<string, ShortMetric> = {}
for (const [w, { window, refreshMs, by }] of Object.entries(windows))
  for (const [a, [measure, , where]] of Object.entries(aggregates))
    metrics[`${a}_${w}`] = { measure, window, refreshMs, ...(by && { by }), ...(where && { where }) }

/** A small seeded generator (mulberry32): the same events in every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const zones: [zone: string, around: number][] = [
  ['Europe/Berlin', Date.UTC(2026, 2, 29, 1)], // clocks go forward
  ['America/New_York', Date.UTC(2026, 10, 1, 6)], // clocks go back
  ['Asia/Kolkata', Date.UTC(2026, 5, 30, 18, 30)], // half-hour zone, midnight, a month ends
  ['America/Santiago', Date.UTC(2026, 8, 6, 4)], // a midnight that does not exist
]

describe.each(zones)('%s', (timezone, around) => {
  const model = testModel(columns, metrics, {
    timezone,
    source: { retention: { topicMs: null, rawMs: null, rollupMs: null } },
  })
  const compiled = compile(model)
  let ch: TestClickHouse

  beforeAll(async () => {
    ch = await testClickHouse()
    for (const kind of ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view'])
      for (const resource of compiled.resources.filter(r => r.kind === kind && !r.id.includes('metric_values__')))
        for (const sql of statementsOf(resource)) await ch.client.command(sql)
    const next = random(around % 1000)
    const events = Array.from({ length: 6000 }, (_, i) => event(i, next, around))
    // In random order and random batches: most events are late, some by a day.
    events.sort((a, b) => a.order - b.order)
    for (let i = 0; i < events.length; ) {
      const batch = events.slice(i, i + 1 + Math.floor(next() * 900))
      i += batch.length
      const rows = batch.map(({ order, ...row }) => JSON.stringify(row)).join('\n')
      await ch.client.insert('shop.raw_events', rows, 'JSONEachRow', { max_partitions_per_insert_block: 0 })
    }
  })
  afterAll(() => ch.stop())

  it.each([-26 * HOUR, 0, 750, 27 * HOUR].map(offset => [offset]))('equals direct SQL at %i ms', async offset => {
    const differing: string[] = []
    for (const metric of compiled.service.metrics) {
      const asof = Math.floor((around + offset) / metric.refreshMs) * metric.refreshMs
      const [name, window] = split(metric.name)
      const [, direct, where] = aggregates[name]!
      const { by } = windows[window]!
      const got = await ch.client.query<Row>(metric.query, { asof: new Date(asof) })
      const want = await ch.client.query<Row>(directSql(direct, where, windows[window]!.window, timezone, by), {
        asof: new Date(asof),
      })
      const problem = compare(got, want, metric.empty)
      if (problem) differing.push(`${metric.name} at ${new Date(asof).toISOString()}: ${problem}`)
    }
    expect(differing).toEqual([])
  })

  it('gives the same totals for many instants in one history query', async () => {
    const differing: string[] = []
    for (const metric of compiled.service.metrics) {
      const last = Math.floor((around + HOUR) / metric.refreshMs) * metric.refreshMs
      const asofs = Array.from({ length: 12 }, (_, i) => new Date(last - i * 7 * metric.refreshMs))
      const texts = asofs.map(at => at.toISOString().replace('T', ' ').replace('Z', ''))
      const rows = await ch.client.query<{ asof: string; value: number | null }>(metric.history, { asofs: texts })
      const found = new Map(rows.map(row => [Date.parse(`${row.asof.replace(' ', 'T')}Z`), row.value]))
      for (const asof of asofs.slice(0, 2)) {
        const [total] = await ch.client.query<Row>(metric.query, { asof })
        const value = found.has(asof.getTime()) ? found.get(asof.getTime()) : metric.empty
        if (!close(value ?? null, total?.value ?? metric.empty))
          differing.push(`${metric.name} ${asof.toISOString()}: ${value} ${total?.value}`)
      }
    }
    expect(differing).toEqual([])
  })

  it('keeps every digit of sums of decimals and of large integers', async () => {
    const asof = new Date(around + 27 * HOUR)
    for (const [name, direct] of [
      ['sum_amount_week', "toString(sumIf(amount, event_type = 'purchase'))"],
      ['sum_big_week', 'toString(sum(toInt256(big)))'],
    ] as const) {
      const metric = compiled.service.metrics.find(m => m.name === name)!
      const [row] = await ch.client.query<{ exact: string }>(metric.query, { asof })
      const [want] = await ch.client.query<Row>(directSql(direct, undefined, calendar('week'), timezone), { asof })
      expect(row!.exact).toBe(String(want!.value))
    }
  })
})

type Row = { total: number; value: number | null } & Record<string, unknown>

const split = (name: string): [string, string] => {
  const at = name.lastIndexOf('_')
  return [name.slice(0, at), name.slice(at + 1)]
}

function event(i: number, next: () => number, around: number) {
  // Dense around the instant of interest, thin over a month before and two days after.
  const spread =
    next() < 0.7 ? (next() - 0.5) * 20_000 : next() < 0.7 ? (next() - 0.7) * 4 * 24 * HOUR : -next() * 33 * 24 * HOUR
  const ts = around + Math.floor(spread)
  return {
    event_id: i,
    event_type: ['request', 'request', 'request', 'purchase', 'error'][Math.floor(next() * 5)],
    user_id: Math.floor(next() ** 2 * 900),
    value: Math.round((next() * 2 - 0.5) * 1e6) / 1024, // exact in binary: sums do not depend on the order
    amount: (Math.floor(next() * 1e8) / 1e4).toFixed(4),
    score: next() < 0.3 ? null : Math.floor(next() * 100) - 50,
    big: String(18_446_744_073_709_551_615n - BigInt(Math.floor(next() * 1e9))),
    ts: new Date(ts).toISOString().replace('T', ' ').replace('Z', ''),
    region: [null, 'eu', 'us', 'ap', ''][Math.floor(next() * 5)],
    plan: next() < 0.8 ? 'free' : 'paid',
    order: ts + (next() < 0.1 ? next() * 24 * HOUR : next() * 2000),
  }
}

function directSql(
  aggregate: string,
  where: string | undefined,
  window: Window,
  timezone: string,
  by: string[] = [],
): string {
  const asof = "{asof:DateTime64(3, 'UTC')}"
  const since =
    window.kind === 'trailing'
      ? `${asof} - toIntervalMillisecond(${window.ms})`
      : `toDateTime64(date_trunc('${window.unit}', toTimeZone(${asof}, '${timezone}')), 3, '${timezone}')`
  const series = by.map(name => `${name}`)
  return [
    `SELECT ${by.length > 0 ? `grouping(${by[0]})` : '1'} AS total, ${[...series, `${aggregate} AS value`].join(', ')}`,
    `FROM shop.raw_events WHERE ts >= ${since} AND ts < ${asof} ${where ? `AND ${where}` : ''}`,
    by.length > 0 ? `GROUP BY GROUPING SETS ((${by.join(', ')}), ())` : '',
  ].join(' ')
}

const close = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.max(1, Math.abs(Number(b))))

/** What differs between the metric's rows and the direct query's, or undefined. A series that a filter empties is left out of the direct one. */
function compare(got: Row[], want: Row[], empty: number | null): string | undefined {
  const key = (row: Row) =>
    JSON.stringify([
      Number(row.total),
      ...(Number(row.total) === 1
        ? []
        : Object.entries(row)
            .filter(([k]) => !['total', 'value', 'exact'].includes(k))
            .map(([, v]) => v)),
    ])
  const wanted = new Map(want.map(row => [key(row), row.value === null ? null : Number(row.value)]))
  for (const row of got) {
    const expected = wanted.get(key(row))
    if (expected === undefined ? !close(row.value, empty) : !close(row.value, expected))
      return `${key(row)} is ${row.value}, direct ${expected}`
    wanted.delete(key(row))
  }
  const missing = [...wanted].filter(([k, value]) => !(k === '[1]' && close(value, empty)))
  return missing.length > 0 ? `missing ${JSON.stringify(missing)}` : undefined
}
