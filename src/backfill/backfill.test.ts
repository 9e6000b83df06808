import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { apply } from '../apply/apply.js'
import type { ClickHouse } from '../clients/clickhouse.js'
import { type Compiled, compile } from '../compile/compile.js'
import { testModel, trailing } from '../compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { plan } from '../plan/plan.js'
import { type BackfillOptions, backfillRollups, rollupsOf } from './backfill.js'
import { inexact, mortal, writeOn } from './testing.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const columns = { ts: 'DateTime64(3)', user_id: 'UInt64', value: 'Float64', region: 'LowCardinality(String)' }
const compiled = compile(
  testModel(
    columns,
    {
      total: { measure: 'count()', window: trailing(MINUTE) },
      by_region: { measure: 'sum(value)', window: trailing(5 * MINUTE), by: ['region'] },
      people: { measure: 'uniq(user_id)', window: trailing(DAY), refreshMs: 30_000 },
      p99: { measure: 'quantile(0.99, value)', window: trailing(HOUR), refreshMs: 30_000 },
    },
    // Months for some: the partition of now is among those exchanged.
    { source: { retention: { topicMs: null, rawMs: 90 * DAY, rollupMs: 365 * DAY } } },
  ),
)
const days = compile({
  ...compiled.model,
  sources: compiled.model.sources.map(source => ({
    ...source,
    retention: { ...source.retention, rollupMs: 30 * DAY },
  })),
})

let ch: TestClickHouse
beforeEach(async () => {
  ch = await testClickHouse()
})
afterEach(() => ch.stop())

const clients = () => ({ clickhouse: ch.client })
const run = (of: Compiled, options: Partial<BackfillOptions> = {}, by: ClickHouse = ch.client) =>
  backfillRollups(of, { clickhouse: by }, { metrics: [], range: lately(), ...options })
const lately = () => ({ from: Date.now() - 5 * HOUR, to: Date.now() })

async function applied(of: Compiled): Promise<void> {
  const { results } = await apply(await plan(of, clients()), clients(), { database: 'shop' })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
}

/** Five hours of events, then a third of what the rollups hold of the first four goes, and the rest counts twice. */
async function damaged(of: Compiled): Promise<void> {
  await applied(of)
  await ch.client.command(
    `INSERT INTO shop.raw_events (ts, user_id, value, region)
     SELECT now64(3, 'UTC') - toIntervalMillisecond(number * 300), number % 700, number % 100, ['eu', 'us', 'ap'][number % 3 + 1] FROM numbers(60000)`,
  )
  for (const { spec } of rollupsOf(of, [])) {
    const table = `shop.${spec.table.name}`
    const old = "bucket < now64(3, 'UTC') - toIntervalHour(1)"
    await ch.client.command(
      `ALTER TABLE ${table} DELETE WHERE ${old} AND intDiv(toUnixTimestamp(bucket), 900) % 3 = 0`,
      undefined,
      {
        settings: { mutations_sync: 2 },
      },
    )
    await ch.client.command(`INSERT INTO ${table} SELECT * FROM ${table} WHERE ${old}`)
  }
  expect((await inexact(ch.client, of)).length).toBeGreaterThan(0)
}

/** What a reader sees, again and again: sums over closed minutes long ago, and the number of events since the start. */
function readOn(of: Compiled, since: number) {
  const spec = rollupsOf(of, ['total'])[0]!.spec
  const count = spec.states.find(({ name }) => name.startsWith('count_'))!.name
  const closed = new Set<string>()
  const live: number[] = []
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      const [row] = await ch.client.query<{ closed: string; live: string }>(
        `SELECT sumIf(${count}, bucket >= {from:DateTime64(3,'UTC')} AND bucket < {to:DateTime64(3,'UTC')}) AS closed,
                sumIf(${count}, bucket >= {since:DateTime64(3,'UTC')}) AS live FROM shop.${spec.table.name}`,
        { from: new Date(since - 4 * HOUR), to: new Date(since - 3 * HOUR), since: new Date(since) },
      )
      closed.add(row!.closed)
      live.push(Number(row!.live))
      await sleep(20)
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
      return { closed: [...closed], live }
    },
  }
}

test.each([
  ['months', compiled],
  ['days', days],
])(
  'exact while events go on coming, and no reader sees anything in between: partitions of %s',
  async (_, of) => {
    await damaged(of)
    const since = Math.floor(Date.now() / 1000) * 1000
    const writer = writeOn(ch.client, 'shop.raw_events', 30)
    const reader = readOn(of, since)
    await sleep(300)
    const results = await run(of)
    await sleep(300)
    const written = await writer.stop()
    const seen = await reader.stop()
    expect(written).toBeGreaterThan(100)
    expect(await inexact(ch.client, of)).toEqual([])
    expect(results.map(({ rollup }) => rollup)).toEqual(rollupsOf(of, []).map(({ spec }) => spec.table.name))
    // The old value, then the right one.
    expect(seen.closed).toHaveLength(2)
    expect(seen.live.every((count, at) => at === 0 || count >= seen.live[at - 1]!)).toBe(true)
    expect((await plan(of, clients())).changes).toEqual([])
    const left = await ch.client.query("SELECT name FROM system.tables WHERE name LIKE '%backfill%'")
    expect(left).toEqual([])
  },
  300_000,
)

test('killed after any of its statements and run again, it ends exact', async () => {
  await damaged(compiled)
  const { client, ran } = mortal(ch.client, Number.POSITIVE_INFINITY)
  const only = { metrics: ['total'] }
  await run(compiled, only, client)
  const all = ran()
  expect(all).toBeGreaterThan(10)
  const [rollup] = rollupsOf(compiled, ['total'])
  const wrong: string[] = []
  const killed = async (after: number): Promise<void> =>
    run(compiled, only, mortal(ch.client, after).client).then(
      () => {},
      error => expect(error).toMatchObject({ message: 'killed' }),
    )
  for (let after = 1; after < all; after++) {
    const writer = writeOn(ch.client, 'shop.raw_events', 30)
    await killed(after)
    // What one leaves behind must not trouble the next.
    if (after % 4 === 0) await killed(all - after)
    await run(compiled, only)
    await writer.stop()
    const found = await inexact(ch.client, { ...compiled, resources: [rollup!] })
    wrong.push(...found.map(text => `killed after ${after} of ${all}: ${text}`))
  }
  await run(compiled)
  expect(wrong).toEqual([])
  expect(await inexact(ch.client, compiled)).toEqual([])
  expect((await plan(compiled, clients())).changes).toEqual([])
}, 900_000)

test('what raw no longer reaches stays as it is', { timeout: 300_000 }, async () => {
  await damaged(compiled)
  // One instant for all of it: at midnight the days of now are others.
  const now = Date.now()
  const daysAgo = (n: number): string => `fromUnixTimestamp64Milli(${now - n * DAY}, 'UTC')`
  const isoDay = (n: number): string => new Date(now - n * DAY).toISOString().slice(0, 10)
  const dayId = (n: number): string => isoDay(n).replaceAll('-', '')
  // Events of twelve days ago, which came then; raw has forgotten all but the last ten days.
  await ch.client.command(
    `INSERT INTO shop.raw_events (ts, user_id, value, region, ingested_at)
     SELECT ${daysAgo(12)} + toIntervalSecond(number), 1, 1, 'eu', ${daysAgo(12)} + toIntervalSecond(number) FROM numbers(1000)`,
  )
  await ch.client.command(
    `INSERT INTO shop.raw_events (ts, user_id, value, region, ingested_at)
     SELECT ${daysAgo(10)} + toIntervalSecond(number), 1, 1, 'eu', ${daysAgo(10)} + toIntervalSecond(number) FROM numbers(1000)`,
  )
  await ch.client.command(`ALTER TABLE shop.raw_events DROP PARTITION ID '${dayId(12)}'`)
  await ch.client.command(`ALTER TABLE shop.raw_events DROP PARTITION ID '${dayId(11)}'`)
  const before = await counts()
  const results = await run(compiled, { range: { from: now - 20 * DAY, to: Date.now() } })
  expect(await counts()).toEqual({ ...before, recent: 61_000 })
  expect(before.old).toBe(1000)
  expect(new Date(results[0]!.from).toISOString().slice(0, 10)).toBe(isoDay(10))
  await expect(run(compiled, { range: { from: Date.now() - 20 * DAY, to: Date.now() - 15 * DAY } })).rejects.toThrow(
    /raw reaches back to .* only/,
  )
})

/** Events in the rollup of all counts, before and after eleven days ago. */
async function counts(): Promise<{ old: number; recent: number }> {
  const { spec } = rollupsOf(compiled, ['total'])[0]!
  const count = spec.states.find(({ name }) => name.startsWith('count_'))!.name
  const [row] = await ch.client.query<{ old: string; recent: string }>(
    `SELECT sumIf(${count}, bucket < {at:DateTime64(3,'UTC')}) AS old, sumIf(${count}, bucket >= {at:DateTime64(3,'UTC')}) AS recent FROM shop.${spec.table.name}`,
    { at: new Date(Date.now() - 11 * DAY) },
  )
  return { old: Number(row!.old), recent: Number(row!.recent) }
}

test('interrupted, it says so, and goes on from there', { timeout: 300_000 }, async () => {
  await damaged(compiled)
  const controller = new AbortController()
  const stopped = run(compiled, { signal: controller.signal, onProgress: () => controller.abort() })
  await expect(stopped).rejects.toThrow()
  expect((await plan(compiled, clients())).changes).toEqual([])
  await run(compiled)
  expect(await inexact(ch.client, compiled)).toEqual([])
})

test('what is not as the file says, and what is not there, is refused with the way out', async () => {
  await expect(run(compiled)).rejects.toThrow('there is no rollup')
  await applied(compiled)
  const [rollup] = rollupsOf(compiled, [])
  const views = await ch.client.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE startsWith(name, '${rollup!.spec.table.name}__')`,
  )
  await ch.client.command(`DROP TABLE shop.${views[0]!.name} SYNC`)
  await expect(run(compiled)).rejects.toMatchObject({
    message: expect.stringContaining('is not as the file says'),
    fix: 'rtdash apply first',
  })
})
