import type { ServiceConfig } from '../src/model/serviceConfig.js'
import { createEvents } from '../src/simulate/events.js'
import { fiftyMetrics, storefront, withMetrics } from './lib/metrics.js'
import { rate, table } from './lib/print.js'
import { type BenchStack, startStack } from './lib/stack.js'

const ROWS = 400_000
const PER_REQUEST = 1000
const PER_INSERT = 10_000
const AT_ONCE = 32

/** Events through the front door against the same rows inserted straight into the same ClickHouse. */
export async function benchIngest(): Promise<void> {
  const rows: (string | number)[][] = []
  for (const [label, yaml] of [
    ['5 metrics', storefront()],
    ['50 metrics', withMetrics(fiftyMetrics())],
  ] as const) {
    const stack = await startStack(yaml)
    try {
      const events = await makeEvents(stack)
      await send(stack, events.slice(0, 20_000)) // warm
      const through: number[] = []
      const straight: number[] = []
      for (let round = 0; round < 3; round++) {
        straight.push(await insert(stack, await makeEvents(stack)))
        through.push(await send(stack, await makeEvents(stack)))
      }
      const best = (list: number[]) => Math.max(...list)
      rows.push([label, rate(best(through)), rate(best(straight)), (best(through) / best(straight)).toFixed(2)])
    } finally {
      await stack.stop()
    }
  }
  table(
    `Ingest: ${ROWS.toLocaleString('en')} events, best of 3`,
    [
      '',
      `HTTP, ${PER_REQUEST} a request`,
      `straight, JSONEachRow, ${PER_INSERT.toLocaleString('en')} an insert`,
      'ratio',
    ],
    rows,
  )
}

let seed = 1

async function makeEvents(stack: BenchStack): Promise<string[]> {
  const [row] = await stack.clickhouse.query<{ config: string }>(
    'SELECT config FROM shop._rtdash_config ORDER BY applied_at DESC LIMIT 1',
  )
  const { sources } = JSON.parse(row!.config) as ServiceConfig
  const make = createEvents(sources[0]!, seed++, {})
  return Array.from({ length: ROWS }, () => make(Date.now()))
}

async function send(stack: BenchStack, events: readonly string[]): Promise<number> {
  const bodies = chunks(events, PER_REQUEST).map(lines => lines.join('\n'))
  const started = performance.now()
  await each(bodies, AT_ONCE, async body => {
    for (;;) {
      const answer = await fetch(`${stack.url}/ingest/events`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-ndjson' },
      })
      const text = await answer.text()
      if (answer.status === 202) return
      if (answer.status !== 429) throw new Error(`${answer.status} ${text}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  })
  return (events.length / (performance.now() - started)) * 1000
}

async function insert(stack: BenchStack, events: readonly string[]): Promise<number> {
  const bodies = chunks(events, PER_INSERT).map(lines => lines.join('\n'))
  const started = performance.now()
  for (const body of bodies)
    await stack.clickhouse.insert(
      'shop.raw_events (event_id, event_type, user_id, value, ts, region)',
      body,
      'JSONEachRow',
      { date_time_input_format: 'best_effort' },
    )
  return (events.length / (performance.now() - started)) * 1000
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))

async function each<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
    }),
  )
}
