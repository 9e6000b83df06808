import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/compile.js'
import { testModel } from '../../src/compile/testing.js'
import { AGGREGATES } from '../../src/expr/aggregates.js'
import type { Model } from '../../src/model/model.js'
import type { MetricConfig } from '../../src/model/serviceConfig.js'
import { columns } from '../support/columns.js'
import {
  broken,
  type Event,
  event,
  faults,
  good,
  type Item,
  type Random,
  type Request,
  random,
  requests,
  spoiled,
  tooOld,
} from './frontDoorEvents.js'
import {
  aggregates,
  type DirectRow,
  difference,
  directSql,
  liveWindows,
  metricsOver,
  type Over,
  windows,
} from './frontDoorMetrics.js'
import { type Answered, type Posted, startWholeStack, type WholeStack } from './wholeStack.js'

// Thousands of events through HTTP, in any order, size and form, late, wrong and twice: what the service then says is
// what a direct query over raw says, and raw is what was sent.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const zones: [zone: string, around: number][] = [
  ['Europe/Berlin', Date.UTC(2024, 2, 31, 1)], // clocks go forward; a midnight two hours before, a month ends after
  ['America/New_York', Date.UTC(2024, 10, 3, 6)], // clocks go back; a midnight two hours before
]
const offsets = [-26 * HOUR, -2 * HOUR, -2 * HOUR + 10 * MINUTE, 0, 750, 27 * HOUR]

/** Two sources of the same columns: `events` takes any age, `live` what is at most seven days old. */
function modelOf(timezone: string): Model {
  const shared = { id: 'event_id', dedupMs: HOUR, retention: { topicMs: null, rawMs: null, rollupMs: null } }
  const past = testModel(columns, metricsOver(windows), {
    timezone,
    source: { ...shared, accept: { olderMs: null, newerMs: 300_000 } },
  })
  const names = { name: 'live', topic: 'shop.live', table: 'raw_live' }
  const now = testModel(columns, metricsOver(liveWindows), { source: { ...shared, ...names } })
  const live = now.metrics.map(metric => ({ ...metric, name: `live_${metric.name}`, source: 'live' }))
  return { ...past, sources: [...past.sources, ...now.sources], metrics: [...past.metrics, ...live] }
}

/** What a source is sent: good events, some of them twice, and spoiled copies of others under the same ids. */
function itemsOf(count: number, timeOf: (next: Random) => number, wrong: typeof faults, next: Random): Item[] {
  const now = Date.now()
  return Array.from({ length: count }, (_, i) => event(i + 1, timeOf(next), next)).flatMap(each => [
    good(each, next),
    ...(next() < 0.1 ? [good(each, next)] : []),
    ...(next() < 0.08 ? [spoiled(each, now, wrong, next)] : []),
    ...(next() < 0.005 ? [broken(each)] : []),
  ])
}

/** Dense around an instant of the past, thin over a month before and two days after. */
const past = (around: number) => (next: Random) => {
  const wide = () => (next() < 0.7 ? (next() - 0.7) * 4 * DAY : -next() * 33 * DAY)
  return around + (next() < 0.6 ? (next() - 0.5) * 20_000 : wide())
}

/** Mostly of the last minutes; some late by days, some from clocks that go fast. */
const recent = (next: Random) => {
  const kind = next()
  if (kind < 0.6) return Date.now() - next() * 6 * MINUTE
  return kind < 0.9 ? Date.now() - next() * (7 * DAY - HOUR) : Date.now() + next() * 4 * MINUTE
}

describe.each(zones)('%s', (timezone, around) => {
  const compiled = compile(modelOf(timezone))
  const next = random(around % 1009)
  const plans = {
    events: requests(itemsOf(4000, past(around), faults, next), next),
    live: requests(itemsOf(2000, recent, [...faults, ...tooOld], next), next),
  }
  const sources = ['events', 'live'] as const
  let stack: WholeStack
  const query = <T>(sql: string, params?: Record<string, unknown>) => stack.ch.client.query<T>(sql, params)

  beforeAll(async () => {
    stack = await startWholeStack(compiled)
  })
  afterAll(() => stack?.stop())

  async function post(source: string, request: Request): Promise<Posted> {
    for (;;) {
      const answer = await stack.post(source, request.body, request.headers)
      if (answer.status !== 429 && answer.status !== 503) return answer
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }

  async function deliver(source: string, request: Request): Promise<void> {
    const twin = request.repeat === 'meanwhile' ? post(source, request) : undefined
    const answer = await post(source, request)
    const rejected = request.items.filter(item => item.refused).length
    expect(answer).toMatchObject({ status: 202, accepted: request.items.length - rejected, rejected })
    expect(answer.errors).toHaveLength(Math.min(100, rejected))
    if (twin) expect(await twin).toEqual(answer)
    if (request.repeat === 'later') expect(await post(source, request)).toEqual(answer)
  }

  it('answers each request with what became of its events', async () => {
    const work = sources.flatMap(source => plans[source].map(request => ({ source, request })))
    work.sort((a, b) => a.request.items.length - b.request.items.length) // both sources at once, large ones last
    const senders = Array.from({ length: 6 }, async () => {
      for (let one = work.shift(); one; one = work.shift()) await deliver(one.source, one.request)
    })
    await Promise.all(senders)
  })

  it.each(sources)('keeps in raw each accepted event of %s once, as it was sent', async source => {
    const items = plans[source].flatMap(request => request.items)
    const sent = new Map(items.flatMap(item => (item.event ? [[item.event.event_id, item.event] as const] : [])))
    const list = Object.keys(columns).map(name => (name === 'ts' ? 'toUnixTimestamp64Milli(ts) AS ts' : name))
    const rows = await query<Record<string, unknown>>(
      `SELECT ${list.join(', ').replace('amount', 'toString(amount) AS amount').replace('big', 'toString(big) AS big')} FROM shop.raw_${source}`,
    )
    expect(rows).toHaveLength(sent.size)
    const differing = rows.filter(row => plain(row) !== plain(sent.get(Number(row.event_id)) ?? {}))
    expect(differing.slice(0, 3)).toEqual([])
  })

  it.each(sources)('keeps in the dead letters each refused event of %s once, with the reason', async source => {
    const refused = plans[source].flatMap(request => request.items.filter(item => item.refused))
    const rows = await query<{ reason: string; column: string; message: string; event: string }>(
      `SELECT reason, column, message, event FROM shop.raw_${source}_dead_letters`,
    )
    const kept = rows.map(({ reason, column, event }) => JSON.stringify([reason, column, event])).sort()
    expect(kept).toEqual(
      refused.map(({ refused, text }) => JSON.stringify([refused?.reason, refused?.column, text])).sort(),
    )
    expect(rows.filter(row => row.message === '')).toEqual([])
  })

  /** How an answer differs from raw. */
  async function problem(
    metric: MetricConfig,
    suffix: string,
    over: Over,
    answer: Answered,
  ): Promise<string | undefined> {
    const name = metric.name.replace(/^live_/, '').slice(0, -suffix.length - 1)
    const direct = aggregates[name]!
    const sql = directSql(`shop.raw_${metric.source}`, over, timezone, direct)
    const rows = await query<DirectRow>(sql, { asof: new Date(answer.timestamp) })
    const found = difference(answer, rows, over, metric.empty, direct.error)
    return found && `${metric.name} at ${new Date(answer.timestamp).toISOString()}: ${found}`
  }
  const overOf = (metric: MetricConfig, all: Readonly<Record<string, Over>>): [string, Over] => {
    const suffix = metric.name.slice(metric.name.lastIndexOf('_') + 1)
    return [suffix, all[suffix]!]
  }
  const metricsOf = (source: string) => compiled.service.metrics.filter(metric => metric.source === source)

  it.each(offsets)('serves what raw says, %i ms from the change of the clocks', async offset => {
    const problems: string[] = []
    for (const metric of metricsOf('events')) {
      const answer = await stack.valueAt(metric.name, around + offset)
      const found = await problem(metric, ...overOf(metric, windows), answer)
      if (found) problems.push(found)
    }
    expect(problems).toEqual([])
  })

  it('pushes what raw says, late events and fast clocks included', async () => {
    const names = metricsOf('live').map(metric => metric.name)
    const pushed = await pushedAfter(stack.url, names, Date.now())
    const problems: string[] = []
    for (const metric of metricsOf('live')) {
      const answer = pushed.get(metric.name)!
      expect([metric.name, answer.timestamp % metric.refreshMs]).toEqual([metric.name, 0])
      const found = await problem(metric, ...overOf(metric, liveWindows), answer)
      if (found) problems.push(found)
    }
    expect(problems).toEqual([])
    expect(pushed.get('live_count_w1')?.value).toBeGreaterThan(1500)
  })

  it('serves every digit of a sum of decimals, and of integers beyond 2^53', async () => {
    for (const [name, sql, where] of [
      ['sum_amount', 'toString(sum(amount))', "event_type = 'purchase'"],
      ['sum_big', 'toString(sum(toInt256(big)))', ''],
    ] as const) {
      const answer = await stack.valueAt(`${name}_month`, around + 12 * HOUR)
      const over = { ...windows.month!, by: [] }
      const [row] = await query<DirectRow>(directSql('shop.raw_events', over, timezone, { measure: '', sql, where }), {
        asof: new Date(answer.timestamp),
      })
      expect(answer.exact).toBe(row?.value)
    }
  })
})

it('covers every aggregate of the language', () => {
  const used = new Set(Object.values(aggregates).flatMap(({ measure }) => measure.match(/[a-z_]+(?=\()/g) ?? []))
  expect([...AGGREGATES].filter(name => !used.has(name))).toEqual([])
})

/** A row and an event alike: numbers as numbers, columns in one order. */
const plain = (row: Partial<Event> | Record<string, unknown>): string =>
  JSON.stringify(
    Object.keys(columns).map(name => {
      const value = (row as Record<string, unknown>)[name]
      return name === 'big' || typeof value !== 'string' || !/^-?\d/.test(value) ? value : Number(value)
    }),
  )

/** From the event stream: the first update of each metric for an instant after `since`. */
async function pushedAfter(url: string, names: readonly string[], since: number): Promise<Map<string, Answered>> {
  const end = AbortSignal.timeout(30_000)
  const response = await fetch(`${url}/events?${names.map(name => `metric=${name}`).join('&')}`, { signal: end })
  const found = new Map<string, Answered>()
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines.filter(line => line.startsWith('data:'))) {
      const update = JSON.parse(line.slice(5)) as Answered
      if (update.timestamp > since && !found.has(update.metric)) found.set(update.metric, update)
    }
    if (found.size === names.length) break
  }
  return found
}
