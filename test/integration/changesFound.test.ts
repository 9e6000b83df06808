import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, type Config, compiledOf } from '../changes/support/config.js'
import { differences } from '../changes/support/exact.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, instantsOf, type World } from '../changes/support/world.js'

// What random changes and kills once found wrong, one case each.

const base: Config = {
  metrics: {
    orders: { measure: 'count', window: 'hour', refreshMs: 5000 },
    types: { measure: 'sum', by: ['event_type'], window: 'day', refreshMs: 10_000 },
  },
  extra: [],
  timezone: 'UTC',
  rawDays: null,
  rollupDays: null,
}
const more: Config = {
  ...base,
  metrics: { ...base.metrics, largest: { measure: 'max', window: 'hour', refreshMs: 5000 } },
}
const { orders } = base.metrics
const fewer: Config = { ...base, metrics: { orders: orders! } }

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

const command = (sql: string) => server.client().command(sql)
const wrong = (config: Config, project: string) =>
  differences(server.client(), answersOf(config, project), `${project}.raw_events`, instantsOf(Date.now()))

async function begun(project: string, config = base): Promise<World> {
  const world = createWorld(server.client, project)
  await world.apply(compiledOf(config, project))
  await world.insert(100)
  return world
}

/** One batch under its token, with the arrival that it has in raw when it is sent again. */
async function sent(project: string, again: boolean): Promise<void> {
  const rows = await server
    .client()
    .query<{ at: string }>(
      `SELECT toString(ingested_at) AS at FROM ${project}.raw_events WHERE _batch = 999999 LIMIT 1`,
    )
  const at = again ? `,"ingested_at":"${rows[0]!.at}"` : ''
  const ts = new Date(Date.now() - 60_000).toISOString().slice(0, 16).replace('T', ' ')
  await server
    .client()
    .insert(
      `${project}.raw_events (event_type, user_id, value, ts, region, _batch${again ? ', ingested_at' : ''})`,
      `{"event_type":"error","user_id":1,"value":5,"ts":"${ts}:00","region":"eu","_batch":999999${at}}`,
      'JSONEachRow',
      { insert_deduplication_token: `${project}-one` },
    )
}

it('a view that outlived its table, of a metric that is gone too, does not make inserts fail for ever', async () => {
  const world = await begun('orphan')
  await command('DROP TABLE orphan.rollup_events_5s_by_event_type SYNC')
  await expect(world.insert(5)).rejects.toThrow('UNKNOWN_TABLE')
  await world.apply(compiledOf(fewer, 'orphan'))
  await world.insert(5)
  expect(await wrong(fewer, 'orphan')).toEqual([])
})

it('a state that was dropped by hand while a view wrote it comes back, and changes afterwards work', async () => {
  const world = await begun('lost')
  const stop = world.write(5, 5)
  await command(
    'ALTER TABLE lost.rollup_events_5s_by_event_type DROP COLUMN count_3c5bb3f2 SETTINGS mutations_sync = 2',
  )
  await world.insert(20)
  for (const config of [base, more, base]) await world.apply(compiledOf(config, 'lost'), { drop: true })
  await stop()
  expect(await wrong(base, 'lost')).toEqual([])
})

it('columns of raw go under a writer, again and again', async () => {
  const world = await begun('columns', { ...base, extra: ['plan', 'score'] })
  const stops = [world.write(5, 5), world.write(5, 5)]
  for (const extra of [[], ['plan', 'score'], ['score'], []] as const)
    await world.apply(compiledOf({ ...base, extra }, 'columns'))
  for (const stop of stops) await stop()
  expect((await world.plan(compiledOf(base, 'columns'))).changes).toEqual([])
  expect(await wrong(base, 'columns')).toEqual([])
})

it('a batch sent again after a view has computed more, or less, or after a crash, counts once', async () => {
  const world = await begun('again', more)
  await sent('again', false)
  // Two views at the least: one is made by a fill, and one computes less.
  await world.apply(compiledOf(base, 'again'), { drop: true })
  await sent('again', true)
  await world.apply(compiledOf({ ...more, timezone: 'Asia/Kolkata' }, 'again'))
  await sent('again', true)
  await server.crash()
  await sent('again', true)
  expect(await wrong({ ...more, timezone: 'Asia/Kolkata' }, 'again')).toEqual([])
})

it('a fill whose process died before its cut-over was sure begins with another one', async () => {
  const world = await begun('unsure')
  const stop = world.write(5, 10)
  const compiled = compiledOf(more, 'unsure')
  await world.apply(compiled)
  // As if the process had died between the view and its line in the ledger.
  await command(
    "ALTER TABLE unsure._rtdash_history DELETE WHERE event IN ('cutover', 'compared') SETTINGS mutations_sync = 2",
  )
  const plan = await world.plan(compiled)
  expect(plan.changes.map(({ reason }) => reason)).toEqual(['a fill was interrupted'])
  expect(plan.changes[0]!.steps.map(({ run }) => run)).toEqual(['cutover', 'backfill', 'compare'])
  await world.apply(compiled)
  await stop()
  expect(await wrong(more, 'unsure')).toEqual([])
})

it('an apply ends when all that is left waits for a change that failed', async () => {
  const world = createWorld(server.client, 'failing')
  await command('CREATE DATABASE failing')
  const client = { ...server.client(), command: () => Promise.reject(new Error('no')) }
  await expect(world.apply(compiledOf(base, 'failing'), { client })).rejects.toThrow('no')
})

it('a view that was changed by hand is seen also when it computes what no metric reads any more', async () => {
  const avg: Config = { ...base, metrics: { orders: { measure: 'avg', window: 'hour', refreshMs: 5000 } } }
  const world = await begun('beside', avg)
  const [view] = await server
    .client()
    .query<{ name: string; select: string }>(
      "SELECT name, as_select AS select FROM system.tables WHERE database = 'beside' AND engine = 'MaterializedView' AND as_select LIKE '% count() AS %'",
    )
  await command(`ALTER TABLE beside.${view!.name} MODIFY QUERY ${view!.select.replace('count()', '2 * count()')}`)
  await world.insert(100)
  await world.apply(compiledOf(fewer, 'beside'))
  await world.insert(50)
  expect(await wrong(fewer, 'beside')).toEqual([])
  expect((await world.plan(compiledOf(fewer, 'beside'))).changes).toEqual([])
})
