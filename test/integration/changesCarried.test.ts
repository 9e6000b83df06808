import { afterAll, beforeAll, expect, it } from 'vitest'
import { mortal } from '../../src/backfill/testing.js'
import type { Compiled } from '../../src/compile/compile.js'
import type { Change } from '../../src/model/plan.js'
import { answersOf, type Config, compiledOf } from '../changes/support/config.js'
import { differences } from '../changes/support/exact.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, type World } from '../changes/support/world.js'

// Metrics are added that take others along to finer rollups with more dimensions. What these have shown so far, also from
// before raw begins, they go on showing: while events come, some of them late by days, some twice, and wherever apply is
// killed.

const DAY = 86_400_000
/** Killed after each of so many statements; RTDASH_MATRIX=whole after every one. */
const EVERY = process.env.RTDASH_MATRIX === 'whole' ? 1 : 6
const before: Config = {
  metrics: {
    requests: { measure: 'count', by: ['region'], window: 'fiveMinutes', refreshMs: 30_000 },
    people: { measure: 'users', window: 'fiveMinutes', refreshMs: 30_000 },
    latest: { measure: 'last', window: 'day', refreshMs: 300_000 },
    smallest: { measure: 'min', window: 'fiveMinutes', refreshMs: 30_000 },
  },
  extra: [],
  timezone: 'UTC',
  rawDays: 90,
  rollupDays: null,
}
const after: Config = {
  ...before,
  rawDays: 5,
  metrics: {
    ...before.metrics,
    both: { measure: 'sum', by: ['region', 'event_type'], window: 'fiveMinutes', refreshMs: 30_000 },
    all: { measure: 'count', window: 'minute', refreshMs: 5000 },
  },
}

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

/** Twenty days of events, of which raw has kept the last three, and all of them beside it. */
async function prepared(project: string): Promise<World> {
  const world = createWorld(() => server.client(), project)
  await world.apply(compiledOf(before, project))
  for (const daysAgo of [20, 10, 3, 0]) {
    const at = `now64(3, 'UTC') - toIntervalSecond(${daysAgo * 86_400})`
    await server.client().command(
      `INSERT INTO ${project}.raw_events (event_type, user_id, value, amount, ts, region, ingested_at)
       SELECT ['request', 'error'][1 + number % 2], number % 100, number / 1024, 1, ${at} - number, ['eu', 'us', 'ap'][1 + number % 3], ${at} FROM numbers(500)`,
    )
  }
  await server
    .client()
    .command(`CREATE TABLE ${project}_truth ENGINE = MergeTree ORDER BY ts AS SELECT * FROM ${project}.raw_events`)
  await world.apply(compiledOf({ ...before, rawDays: 5 }, project))
  return world
}

/** Where metrics that were there before differ from all events ever sent. */
async function wrong(project: string): Promise<string[]> {
  await server
    .client()
    .command(
      `INSERT INTO ${project}_truth SELECT * FROM ${project}.raw_events WHERE ingested_at > (SELECT max(ingested_at) FROM ${project}_truth)`,
    )
  const kept = answersOf(after, project).filter(({ metric }) => metric.name in before.metrics)
  const instants = [0, 1.3, 2.1, 3, 9.9, 10, 20].map(days => Date.now() - days * DAY - 60_000)
  return differences(server.client(), kept, `${project}_truth`, instants)
}

const movedIn = (changes: readonly Change[]): string[] =>
  changes.flatMap(({ steps }) => steps.flatMap(({ run, title }) => (run === 'carry' ? title : [])))

async function play(project: string, killAfter: number): Promise<{ ran: number; wrong: string[] }> {
  const world = await prepared(project)
  const wanted: Compiled = compiledOf(after, project)
  const planned = await world.plan(wanted)
  expect(movedIn(planned.changes).length).toBeGreaterThan(1)
  const stop = world.write(10, 20)
  const { client, ran } = mortal(server.client(), killAfter)
  await world.apply(wanted, { client }).catch(error => expect(error.message).toContain('killed'))
  await world.apply(wanted)
  await stop()
  expect((await world.plan(wanted)).changes).toEqual([])
  expect((await world.plan(wanted)).unused.filter(name => name.includes('carried'))).toEqual([])
  const found = await wrong(project)
  await world.remove()
  return { ran: ran(), wrong: found.map(text => `killed after ${killAfter}: ${text}`) }
}

it('the plan says where history comes from, and apply brings it', async () => {
  const world = await prepared('carried')
  const { changes } = await world.plan(compiledOf(after, 'carried'))
  const reasons = changes.map(({ id, reason }) => `${id}: ${reason}`).join('\n')
  expect(reasons).toMatch(
    /rollup_events_30s_by_event_type_region: new rollup, history from before \d{4}-\d\d-\d\d comes from rollup_events_30s_by_region under the empty value of event_type, what had none has values from/,
  )
  expect(reasons).toMatch(/comes from rollup_events_30s in buckets of 30s/)
  await world.remove()
})

it('history is carried over exactly, wherever apply is killed', { timeout: 600_000 }, async () => {
  const whole = await play('whole', Number.POSITIVE_INFINITY)
  expect(whole.wrong).toEqual([])
  const found: string[] = []
  let kills = 0
  for (let after = 2; after < whole.ran; after += EVERY, kills++)
    found.push(...(await play(`killed_${after}`, after)).wrong)
  console.log(`carried over: ${whole.ran} statements, ${kills} kills of apply in between`)
  expect(found).toEqual([])
})
