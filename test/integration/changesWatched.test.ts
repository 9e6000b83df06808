import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningService } from '../../src/service/options.js'
import { startService } from '../../src/service/server.js'
import { openSocket } from '../../src/service/testing/clients.js'
import { answersOf, type Config, compiledOf } from '../changes/support/config.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, type World } from '../changes/support/world.js'

// What a subscriber sees while definitions change under it: the old one's values, then the new one's, at every instant.

const before: Config = {
  metrics: {
    changed: { measure: 'sum', window: 'minute', refreshMs: 250, tier: 1 },
    stays: { measure: 'count', by: ['region'], window: 'minute', refreshMs: 250, tier: 1 },
  },
  extra: [],
  timezone: 'UTC',
  rawDays: null,
  rollupDays: null,
}
const after: Config = {
  ...before,
  metrics: { ...before.metrics, changed: { measure: 'users', window: 'fiveMinutes', refreshMs: 1000, tier: 2 } },
}

let server: Server
let world: World
let service: RunningService
let stop: () => Promise<number>
const stateDir = mkdtempSync(join(tmpdir(), 'rtdash-watched-'))

beforeAll(async () => {
  server = await startServer()
  world = createWorld(server.client, 'watched')
  await world.apply(compiledOf(before, 'watched'))
  await world.insert(500)
  stop = world.write(10, 50)
  service = await startService({ clickhouse: server.client(), database: 'watched', port: 0, stateDir })
})
afterAll(async () => {
  await stop?.()
  await service?.stop()
  await server?.stop()
  rmSync(stateDir, { recursive: true, force: true })
})

/** The changed metric's value by plain SQL of the events that are old enough to be in every window from now on. */
async function atLeast(config: Config): Promise<number> {
  const { direct } = answersOf(config, 'watched').find(({ metric }) => metric.name === 'changed')!
  const asof = new Date(Date.now() - 1000)
  const [row] = await server.client().query<{ value: number }>(direct('watched.raw_events'), { asof })
  return row!.value
}

it('a subscriber gets the old values, then the new ones: no gap, no mixture, timestamps strictly rising', async () => {
  const client = await openSocket(service.url)
  client.send({ action: 'subscribe', metrics: ['changed', 'stays'] })
  await client.inbox.until(all => all.length > 8)
  // Both only grow while the test runs: 500 events are in from the start, and all of them are within the windows.
  const [sum, users] = await Promise.all([atLeast(before), atLeast(after)])
  expect(sum).toBeGreaterThan(1000)
  expect(users).toBeLessThanOrEqual(300)
  await world.apply(compiledOf(after, 'watched'))
  const switched = Date.now()
  await client.inbox.until(all => all.some(u => u.metric === 'changed' && u.timestamp > switched + 4000), 60_000)
  await stop()
  await client.close()

  const of = (metric: string) => client.inbox.all.filter(update => update.metric === metric)
  for (const metric of ['changed', 'stays'])
    expect(of(metric).every((u, i, all) => i === 0 || u.timestamp > all[i - 1]!.timestamp)).toBe(true)
  // What does not change goes on at its beat; a busy machine may skip one, and the service says so by its own count.
  const steps = of('stays').map((u, i, all) => (i === 0 ? 250 : u.timestamp - all[i - 1]!.timestamp))
  expect(steps.every(step => step % 250 === 0)).toBe(true)

  // A sum of values is above a thousand, a count of users is not: nothing is in between, and no part of either is missing.
  const meanings = of('changed').map(({ value }) =>
    value! >= sum * 0.5 ? 'old' : value! >= users && value! <= 300 ? 'new' : `neither: ${value}`,
  )
  expect(meanings.filter((meaning, i) => meaning !== meanings[i - 1])).toEqual(['old', 'new'])
  const last = of('changed').filter((_, i, all) => i > 0 && all[i]!.timestamp % 1000 !== 0)
  expect(last.every(u => u.timestamp < switched + 1500)).toBe(true)
})

it('a metric that becomes stored by a view never shows a value that the former view stored', async () => {
  const tier3: Config = { ...after, metrics: { slow: { measure: 'count', window: 'day', refreshMs: 60_000, tier: 3 } } }
  const other: Config = { ...after, metrics: { slow: { measure: 'sum', window: 'day', refreshMs: 60_000, tier: 3 } } }
  await world.apply(compiledOf(tier3, 'watched'))
  const asof = Math.floor(Date.now() / 60_000) * 60_000
  const text = new Date(asof).toISOString().replace('T', ' ').replace('Z', '')
  const stored = async (config: Config) =>
    server.client().query<{ value: number }>(compiledOf(config, 'watched').service.metrics[0]!.stored!, { asof: text })
  const [view] = await server
    .client()
    .query<{ select: string }>(
      "SELECT as_select AS select FROM system.tables WHERE database = 'watched' AND name = 'metric_values__slow'",
    )
  await server
    .client()
    .command(
      `INSERT INTO watched.metric_values (metric, definition, timestamp, total, \`by\`, value, exact) SELECT metric, definition, toDateTime64('${text}', 3, 'UTC'), total, \`by\`, value, exact FROM (${view!.select})`,
    )
  const [counted] = await stored(tier3)
  expect(Number.isInteger(counted!.value)).toBe(true)
  expect(await stored(other)).toEqual([])
  await world.apply(compiledOf(other, 'watched'))
  // The new view may have stored one of its own by now.
  for (const { value } of await stored(other)) expect(value).not.toBe(counted!.value)
})
