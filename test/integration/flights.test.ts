import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import type { MetricConfig } from '../../src/model/serviceConfig.js'
import { type Posted, startWholeStack, type WholeStack } from './wholeStack.js'

// A public data set, sent in as the file is; every metric of the example against plain TypeScript over the same file.

interface Flight {
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

// The package exports its code alone; the data lies beside it.
const require = createRequire(import.meta.url)
const entry = require.resolve('vega-datasets')
const file = readFileSync(join(entry, '../../data/flights-20k.json'))
const flights = JSON.parse(file.toString()) as Flight[]
const departures = new Map(flights.map(flight => [flight, Date.parse(`${flight.date.replaceAll('/', '-')}Z`)]))

interface Direct {
  /** By how much, at most, the served value may be beside `[low, high]`: a share of the value. */
  readonly error?: number
  of(flights: readonly Flight[]): number | null | readonly [low: number, high: number]
}

const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0)
const delays = (list: readonly Flight[]): number[] => list.map(({ delay }) => delay)
const meanDelay: Direct = { of: list => (list.length === 0 ? null : sum(delays(list)) / list.length) }
/** Between the two neighbours of the rank, within the sketch's one percent. */
const p95Delay: Direct = {
  error: 0.01,
  of: list => {
    if (list.length === 0) return null
    const sorted = delays(list).sort((a, b) => a - b)
    const rank = 0.95 * (sorted.length - 1)
    return [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!]
  },
}

const direct: Readonly<Record<string, Direct>> = {
  flights_per_hour: { of: list => list.length },
  flights_by_origin: { of: list => list.length },
  mean_delay_by_origin: meanDelay,
  mean_delay_by_destination: meanDelay,
  p95_delay: p95Delay,
  p95_delay_month: p95Delay,
  late_share: { of: list => (list.length === 0 ? null : list.filter(({ delay }) => delay > 15).length / list.length) },
  miles_flown: { of: list => sum(list.map(({ distance }) => distance)) },
  worst_delay: { of: list => (list.length === 0 ? null : Math.max(...delays(list))) },
}

const instants = [
  '2000-12-31T23:59:00Z', // before the first flight
  '2001-01-01T00:48:00Z', // one minute after it
  '2001-01-15T23:59:00Z',
  '2001-02-01T00:00:00Z', // midnight: a day and a month begin empty
  '2001-02-28T12:34:56Z',
  '2001-03-31T22:25:00Z',
  '2001-03-31T23:59:00Z', // after the last flight
]

describe('examples/flights', () => {
  let compiled: Compiled
  let stack: WholeStack
  let sent: Posted
  const send = () => stack.post('flights', file, { 'content-type': 'application/json', 'idempotency-key': 'the file' })
  const rows = async (table: string, what = 'count()') =>
    Number((await stack.ch.client.query<{ n: number }>(`SELECT ${what} AS n FROM flights.\`${table}\``))[0]?.n)

  beforeAll(async () => {
    const path = fileURLToPath(new URL('../../examples/flights/metrics.yaml', import.meta.url))
    const { model, diagnostics } = await check(path, { target: 'local' })
    if (model === undefined) throw new Error(JSON.stringify(diagnostics))
    compiled = compile(model)
    stack = await startWholeStack(compiled)
    sent = await send()
  })
  afterAll(() => stack?.stop())

  const metricsOf = () => compiled.service.metrics
  const source = () => compiled.service.sources[0]!

  it('takes the whole file, once', async () => {
    expect(sent).toEqual({ status: 202, accepted: flights.length, rejected: 0, errors: [] })
    expect(await send()).toEqual(sent)
    expect(await rows(source().table)).toBe(flights.length)
    expect(await rows(source().table, 'sum(delay)')).toBe(sum(delays(flights)))
    expect(await rows(source().deadLetters)).toBe(0)
  })

  it('has an independent computation for each metric', () => {
    expect(Object.keys(direct).sort()).toEqual(
      metricsOf()
        .map(({ name }) => name)
        .sort(),
    )
  })

  it.each(instants)('serves at %s what the file says, by series and in total', async instant => {
    const at = Date.parse(instant)
    const problems: string[] = []
    for (const metric of metricsOf()) {
      const answer = await stack.valueAt(metric.name, at)
      expect(answer.timestamp).toBeLessThanOrEqual(at)
      expect(answer.timestamp).toBeGreaterThan(at - metric.bucketMs)
      const within = inWindow(metric, answer.timestamp)
      const note = (series: string, value: number | null, list: readonly Flight[]) => {
        if (!agrees(direct[metric.name]!, value, list)) problems.push(`${metric.name} ${series} is ${value}`)
      }
      note('total', answer.value, within)
      const dimension = metric.by[0] as 'origin' | 'destination' | undefined
      if (dimension === undefined) continue
      const wanted = grouped(within, dimension)
      expect(answer.series?.map(series => series[dimension]).sort()).toEqual([...wanted.keys()].sort())
      for (const series of answer.series ?? [])
        note(String(series[dimension]), series.value, wanted.get(String(series[dimension])) ?? [])
    }
    expect(problems).toEqual([])
  })

  it('tells the history of every metric as the file has it', async () => {
    const problems: string[] = []
    for (const metric of metricsOf()) {
      const range = 'from=2001-01-30T00:00:00Z&to=2001-02-03T00:00:00Z&step=30m'
      type Point = { timestamp: number; value: number | null }
      const { points } = await stack.get<{ points: Point[] }>(`/api/metrics/${metric.name}/history?${range}`)
      expect(points).toHaveLength(4 * 48 + 1)
      expect(points.some(({ value }) => value !== null && value > 0)).toBe(true)
      for (const { timestamp, value } of points)
        if (!agrees(direct[metric.name]!, value, inWindow(metric, timestamp)))
          problems.push(`${metric.name} at ${new Date(timestamp).toISOString()} is ${value}`)
    }
    expect(problems).toEqual([])
  })

  it('tells days one by one from the time of day that was asked for', async () => {
    const metric = metricsOf().find(({ name }) => name === 'flights_by_origin')!
    const range = 'from=2001-01-30T23:59:00Z&to=2001-02-03T00:00:00Z&step=24h'
    const { points } = await stack.get<{ points: { timestamp: number; value: number }[] }>(
      `/api/metrics/flights_by_origin/history?${range}`,
    )
    expect(points.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual(
      [30, 31, 32, 33].map(day => new Date(Date.UTC(2001, 0, day, 23, 59)).toISOString()),
    )
    for (const { timestamp, value } of points) expect(value).toBe(inWindow(metric, timestamp).length)
  })

  it('keeps what is no flight, with the reason, and counts it nowhere', async () => {
    const good = { ...flights[0]!, date: '2001/01/15 10:00' }
    const bad: [reason: string, column: string, event: Record<string, unknown>][] = [
      ['bad_value', 'delay', { ...good, delay: 40_000 }],
      ['bad_value', 'distance', { ...good, distance: -1 }],
      ['bad_value', 'date', { ...good, date: '2001/02/30 10:00' }],
      ['missing', 'date', { delay: 1, distance: 2, origin: 'LAX', destination: 'SFO' }],
      ['too_new', 'date', { ...good, date: '2099/01/01 00:00' }],
    ]
    const answer = await stack.post('flights', JSON.stringify(bad.map(([, , event]) => event)))
    expect(answer).toMatchObject({ status: 202, accepted: 0, rejected: bad.length })
    const kept = await stack.ch.client.query<{ reason: string; column: string; event: string }>(
      `SELECT reason, column, event FROM flights.\`${source().deadLetters}\` ORDER BY line`,
    )
    expect(kept.map(({ reason, column, event }) => [reason, column, JSON.parse(event)])).toEqual(bad)
    expect(await rows(source().table)).toBe(flights.length)
    // An instant not asked for before, so that no cache answers.
    const after = await stack.valueAt('flights_by_origin', Date.parse('2001-01-15T23:57:00Z'))
    expect(after.value).toBe(inWindow(metricsOf().find(m => m.name === 'flights_by_origin')!, after.timestamp).length)
  })
})

function inWindow({ window }: MetricConfig, asof: number): Flight[] {
  if (!('calendar' in window)) throw new Error('the example has calendar windows only')
  const start = new Date(asof)
  if (window.calendar === 'hour') start.setUTCMinutes(0, 0, 0)
  else start.setUTCHours(0, 0, 0, 0)
  if (window.calendar === 'month') start.setUTCDate(1)
  return flights.filter(flight => departures.get(flight)! >= start.getTime() && departures.get(flight)! < asof)
}

function grouped(list: readonly Flight[], dimension: 'origin' | 'destination'): ReadonlyMap<string, Flight[]> {
  const groups = new Map<string, Flight[]>()
  for (const flight of list) groups.set(flight[dimension], [...(groups.get(flight[dimension]) ?? []), flight])
  return groups
}

function agrees({ of, error = 1e-12 }: Direct, value: number | null, list: readonly Flight[]): boolean {
  const wanted = of(list)
  if (value === null || wanted === null) return value === wanted
  const [low, high] = typeof wanted === 'number' ? [wanted, wanted] : wanted
  return value >= low - Math.abs(low) * error && value <= high + Math.abs(high) * error
}
