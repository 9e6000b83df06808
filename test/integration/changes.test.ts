import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceOf } from '../../src/model/resource.js'
import { names } from '../../src/naming.js'
import { answersOf, caseNames, compiledAs, loadCase, planLines } from '../changes/support/cases.js'
import { answersOf as answersOfConfig, type Config, compiledOf } from '../changes/support/config.js'
import { differences } from '../changes/support/exact.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, instantsOf } from '../changes/support/world.js'

const DAY = 86_400_000
let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

describe('each kind of change, while events flow, late ones too', () => {
  it.each(caseNames)('%s: as planned, and exact', async name => {
    const change = await loadCase(name)
    const project = `live_${name.replaceAll('-', '_')}`
    const world = createWorld(() => server.client(), project)
    const after = compiledAs(change.after, project)
    await world.apply(compiledAs(change.before, project))
    await world.insert(100)
    const stop = world.write(10, 30)
    const plan = await world.plan(after, { drop: change.drop })
    const said = planLines(plan, project).replaceAll(/configuration \w+ to \w+/g, 'configuration')
    expect(said).toBe(readFileSync(join(change.dir, 'plan.txt'), 'utf8'))
    await world.apply(after, { drop: change.drop })
    expect((await world.plan(after, { drop: change.drop })).changes).toEqual([])
    expect(await stop()).toBeGreaterThan(0)
    await world.insert(20)
    const answers = answersOf(change, project)
    expect(await differences(server.client(), answers, `${project}.raw_events`, instantsOf(Date.now()))).toEqual([])
    await world.remove()
  })
})

const base: Config = {
  metrics: {
    orders: { measure: 'count', window: 'week', refreshMs: 300_000, tier: 3 },
    types: { measure: 'sum', by: ['event_type'], window: 'day', refreshMs: 10_000 },
  },
  extra: [],
  timezone: 'UTC',
  rawDays: 90,
  rollupDays: null,
}
const more: Config = {
  ...base,
  metrics: {
    ...base.metrics,
    largest: { measure: 'max', window: 'week', refreshMs: 300_000, tier: 3 },
  },
}

/** Events that arrived so many days ago, with the times of then. */
async function arrived(project: string, daysAgo: number, rows: number): Promise<void> {
  const at = `now64(3, 'UTC') - toIntervalSecond(${daysAgo * 86_400})`
  await server.client().command(
    `INSERT INTO ${project}.raw_events (event_type, user_id, value, ts, region, ingested_at)
     SELECT ['request', 'error'][1 + number % 2], number % 100, number / 1024, ${at} - number, 'eu', ${at} FROM numbers(${rows})`,
  )
}

describe('history beyond what raw holds', () => {
  it('is kept where raw holds nothing at all any more', async () => {
    const world = createWorld(() => server.client(), 'bare')
    const client = server.client()
    await world.apply(compiledOf(base, 'bare'))
    await arrived('bare', 10, 500)
    await client.command('CREATE TABLE bare_truth ENGINE = MergeTree ORDER BY ts AS SELECT * FROM bare.raw_events')
    await client.command('TRUNCATE TABLE bare.raw_events')
    const [rollup] = compiledOf(base, 'bare').resources.filter(({ kind }) => kind === 'clickhouse.rollup')
    const [view] = await client.query<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = 'bare' AND startsWith(name, '${rollup!.id.split('/')[1]}__')`,
    )
    await client.command(`DROP TABLE bare.${view!.name} SYNC`)
    await world.apply(compiledOf(more, 'bare'))
    await arrived('bare', 0, 100)
    await client.command('INSERT INTO bare_truth SELECT * FROM bare.raw_events')
    const unchanged = answersOfConfig(more, 'bare').filter(({ metric }) => metric.name in base.metrics)
    const instants = [0, 9.9, 10].map(days => Date.now() - days * DAY + 600_000)
    expect(await differences(client, unchanged, 'bare_truth', instants)).toEqual([])
  })

  it('is kept for states that do not change, and survives a repair; new states say since when they are', async () => {
    const world = createWorld(() => server.client(), 'reach')
    await world.apply(compiledOf(base, 'reach'))
    for (const days of [20, 10, 3, 0]) await arrived('reach', days, 500)
    await server
      .client()
      .command('CREATE TABLE reach_truth ENGINE = MergeTree ORDER BY ts AS SELECT * FROM reach.raw_events')
    const shorter: Config = { ...more, rawDays: 5 }
    await world.apply(compiledOf({ ...base, rawDays: 5 }, 'reach'))
    const [raw] = await server.client().query<{ n: string }>('SELECT count() AS n FROM reach.raw_events')
    expect(raw!.n).toBe('1000')

    const plan = await world.plan(compiledOf(shorter, 'reach'))
    const rollup = plan.changes.find(({ impact }) => impact?.since !== undefined)!
    expect(rollup.impact!.since).toBeGreaterThan(Date.now() - 3.1 * DAY)
    expect(rollup.impact!.since).toBeLessThan(Date.now() - 2.9 * DAY)
    expect(rollup.reason).toContain(`with values from ${new Date(rollup.impact!.since!).toISOString()} on`)
    await world.apply(compiledOf(shorter, 'reach'))

    // A view dropped by hand: what arrives meanwhile is found again in raw, and older history is left alone.
    for (const { spec } of compiledOf(shorter, 'reach').resources.filter(
      (r): r is ResourceOf<'clickhouse.rollup'> => r.kind === 'clickhouse.rollup',
    )) {
      const views = await server
        .client()
        .query<{ name: string }>(
          `SELECT name FROM system.tables WHERE database = 'reach' AND startsWith(name, '${spec.table.name}__')`,
        )
      for (const { name } of views) await server.client().command(`DROP TABLE reach.${name} SYNC`)
    }
    await arrived('reach', 0, 300)
    await server
      .client()
      .command(
        'INSERT INTO reach_truth SELECT * FROM reach.raw_events WHERE ingested_at > (SELECT max(ingested_at) FROM reach_truth)',
      )
    await world.apply(compiledOf(shorter, 'reach'))
    expect((await world.plan(compiledOf(shorter, 'reach'))).changes).toEqual([])
    const unchanged = answersOfConfig(shorter, 'reach').filter(({ metric }) => metric.name in base.metrics)
    const instants = [0.2, 9.9, 10.5, 19.9, 3].map(days => Date.now() - days * DAY + 600_000)
    expect(await differences(server.client(), unchanged, 'reach_truth', instants)).toEqual([])
    const changed = answersOfConfig(shorter, 'reach').filter(({ metric }) => !(metric.name in base.metrics))
    expect(await differences(server.client(), changed, 'reach.raw_events', [Date.now() + 600_000])).toEqual([])
  })
})

describe('a fill', () => {
  it('says beforehand what it reads and takes, and is told of while it runs', async () => {
    const world = createWorld(() => server.client(), 'filled')
    await world.apply(compiledOf(base, 'filled'))
    for (let hours = 1; hours <= 4; hours++) await arrived('filled', hours / 24, 400_000)
    const wanted = compiledOf(more, 'filled')
    const [change] = (await world.plan(wanted)).changes.filter(({ impact }) => impact?.ms !== undefined)
    const [raw] = await server
      .client()
      .query<{ bytes: string }>(
        "SELECT sum(total_bytes) AS bytes FROM system.tables WHERE database = 'filled' AND name = 'raw_events'",
      )
    expect(change!.impact).toMatchObject({ rows: 1_600_000, ms: expect.any(Number) })
    expect(change!.impact!.bytes).toBeGreaterThan(0)
    expect(change!.impact!.bytes).toBeLessThan(Number(raw!.bytes))
    expect(change!.impact!.bytesPerDay).toBeGreaterThan(0)
    expect(change!.impact!.rowsPerInsert).toBeGreaterThan(0)
    const told: string[] = []
    await world.apply(wanted, { onProgress: (_, text) => told.push(text) })
    expect(told).toContainEqual(expect.stringMatching(/400,000 of 1,600,000 events, about \d+ s left/))
  })

  it('stops between two slices when told to, and goes on there', async () => {
    const world = createWorld(() => server.client(), 'resumed')
    await world.apply(compiledOf(base, 'resumed'))
    for (let hours = 1; hours <= 4; hours++) await arrived('resumed', hours / 24, 400_000)
    const wanted = compiledOf(more, 'resumed')
    const stop = new AbortController()
    const interrupted = world.apply(wanted, { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(interrupted).rejects.toThrow('interrupted')
    const filled = async () =>
      Number(
        (
          await server
            .client()
            .query<{ n: string }>(`SELECT uniqExact(detail) AS n FROM resumed.${names.history} WHERE event = 'filled'`)
        )[0]!.n,
      )
    const before = await filled()
    expect(before).toBeGreaterThan(0)
    const told: string[] = []
    await world.apply(wanted, { onProgress: (_, text) => told.push(text) })
    expect(await filled()).toBe(4)
    expect(
      await differences(
        server.client(),
        answersOfConfig(more, 'resumed'),
        'resumed.raw_events',
        instantsOf(Date.now()),
      ),
    ).toEqual([])
  })

  it('begins again where nobody can tell any more whether its last slice was stored', async () => {
    const world = createWorld(() => server.client(), 'forgotten')
    await world.apply(compiledOf(base, 'forgotten'))
    await world.insert(200)
    const wanted = compiledOf(more, 'forgotten')
    const stop = new AbortController()
    await world
      .apply(wanted, {
        signal: stop.signal,
        onStep: (_, step) => {
          if (step.run === 'backfill') stop.abort()
        },
      })
      .catch(() => {})
    const [cut] = await server
      .client()
      .query<{ change: string; detail: string }>(
        `SELECT change, detail FROM forgotten.${names.history} WHERE event = 'cutover'`,
      )
    // A slice that was begun so long ago that the table has taken in a million blocks since.
    const { from } = JSON.parse(cut!.detail) as { from: number }
    await server.client().insert(
      `forgotten.${names.history} (event, change, detail)`,
      JSON.stringify({
        event: 'filling',
        change: cut!.change,
        detail: JSON.stringify({ from, slice: 0, block: -1e6 }),
      }),
      'JSONEachRow',
    )
    const told: string[] = []
    await world.apply(wanted, { onProgress: (_, text) => told.push(text) })
    expect(told).toContainEqual(expect.stringContaining('begins again'))
    expect(
      await differences(
        server.client(),
        answersOfConfig(more, 'forgotten'),
        'forgotten.raw_events',
        instantsOf(Date.now()),
      ),
    ).toEqual([])
  })
})
