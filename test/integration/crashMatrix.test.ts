import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { type Boundary, boundariesOf, stopAt } from '../changes/support/boundary.js'
import { answersOf, type Case, caseNames, compiledAs, loadCase } from '../changes/support/cases.js'
import { differences } from '../changes/support/exact.js'
import { type Server, startServer } from '../changes/support/server.js'
import { createWorld, instantsOf, type World } from '../changes/support/world.js'

// Every step of every kind of change (test/changes), made from its plan: the applying process is killed before and after
// it, and separately ClickHouse; then apply is run again. Here each step is hit once, by which kill and when is drawn from
// RTDASH_SEED; RTDASH_MATRIX=whole does them all.

const WHOLE = process.env.RTDASH_MATRIX === 'whole'
const SEED = Number(process.env.RTDASH_SEED ?? 1)
/** Changes under way at once, and so to be killed by one kill. */
const TOGETHER = 6

interface Crash extends Boundary {
  readonly case: Case
  readonly victim: 'apply' | 'ClickHouse'
}

let server: Server
const counts = { kinds: 0, steps: 0, 'kills of apply': 0, 'kills of ClickHouse': 0 }

beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server?.stop()
  console.log(
    `crash matrix: ${Object.entries(counts)
      .map(([what, n]) => `${n} ${what}`)
      .join(', ')}`,
  )
})

let made = 0
/** A project with the case's file applied, events in it and more coming. */
async function prepared(change: Case): Promise<{ world: World; stop: () => Promise<number> }> {
  const world = createWorld(server.client, `m${made++}`)
  await world.apply(compiledAs(change.before, world.project))
  await world.insert(60)
  return { world, stop: world.write(5, 200) }
}

/** All objects of a project as the server has them, but for instants that differ from run to run. */
async function shapeOf(project: string): Promise<string[]> {
  const rows = await server
    .client()
    .query<{ text: string }>(
      "SELECT replaceAll(create_table_query, database, 'shop') AS text FROM system.tables WHERE database = {project:String} AND name NOT LIKE '.inner%' ORDER BY name",
      { project },
    )
  // The definition of a stored value names the project's tables.
  return rows.map(({ text }) =>
    text
      .replace(/'[0-9a-f]{8}' AS definition/, "'' AS definition")
      .replace(/ AND \(?ingested_at >= [^)]*\)\)?/, '')
      .replace(/ from=\d+/, ''),
  )
}

const shapes = new Map<string, string[]>()
const crashes: Crash[] = []

/** Applies again what was interrupted: the end is the one of an apply that nobody interrupted, exact, and nothing is left to do. */
async function finish(crash: Crash, world: World, stop: () => Promise<number>): Promise<void> {
  const { after, drop, name } = crash.case
  const compiled = compiledAs(after, world.project)
  const what = `${name}, ${crash.victim} killed ${crash.moment} ${crash.change} "${crash.title}"`
  await world.apply(compiled, { drop }).catch(error => {
    throw new Error(`${what}: ${error.message}`)
  })
  expect([what, (await world.plan(compiled, { drop })).changes.map(({ id, reason }) => `${id} ${reason}`)]).toEqual([
    what,
    [],
  ])
  await stop()
  expect([what, await shapeOf(world.project)]).toEqual([what, shapes.get(name)])
  const answers = answersOf(crash.case, world.project)
  const wrong = await differences(
    server.client(),
    answers,
    `${world.project}.raw_events`,
    instantsOf(Date.now()).slice(0, 3),
  )
  expect([what, wrong]).toEqual([what, []])
  await world.remove()
}

/** The applying process, stopped at all boundaries and killed there. */
async function killApply(running: readonly { crash: Crash; world: World }[]): Promise<void> {
  const script = fileURLToPath(new URL('../changes/support/applyWorker.ts', import.meta.url))
  const worker: ChildProcess = fork(script, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const stopped = new Promise<void>((resolve, reject) => {
    let left = running.length
    worker.on('message', ({ stopped: project, missed }: { stopped: string; missed?: string[] }) => {
      if (missed) reject(new Error(`${project} went past its boundary: ${missed.join('; ')}`))
      else if (--left === 0) resolve()
    })
    worker.once('exit', () => reject(new Error('the worker ended by itself')))
  })
  const jobs = running.map(({ crash, world }) => ({ project: world.project, change: crash.case.name, boundary: crash }))
  const { url, username, password } = server.running()
  worker.send({ server: { url, username, password }, jobs })
  await stopped
  const gone = once(worker, 'exit')
  worker.kill('SIGKILL')
  await gone
  counts['kills of apply'] += running.length
}

/** ClickHouse, killed while all changes are at their boundaries. */
async function killServer(running: readonly { crash: Crash; world: World }[]): Promise<void> {
  await Promise.all(
    running.map(async ({ crash, world }) => {
      const { after, drop } = crash.case
      const wanted = await world.plan(compiledAs(after, world.project), { drop })
      await new Promise<void>((resolve, reject) => {
        const onStep = stopAt(crash, world.project, resolve)
        apply(
          wanted,
          { clickhouse: server.client() },
          { database: world.project, allowDestructive: true, onStep },
        ).then(
          ({ results }) =>
            reject(new Error(`went past its boundary: ${JSON.stringify(results.filter(({ ok }) => !ok))}`)),
          reject,
        )
      })
    }),
  )
  await server.crash()
  counts['kills of ClickHouse'] += running.length
}

describe.sequential('every step of every kind of change', () => {
  it('is in the plan of an apply that nobody interrupts', { timeout: 300_000 }, async () => {
    const cases = await Promise.all(caseNames.map(loadCase))
    for (let i = 0; i < cases.length; i += TOGETHER)
      await Promise.all(
        cases.slice(i, i + TOGETHER).map(async change => {
          const { world, stop } = await prepared(change)
          const compiled = compiledAs(change.after, world.project)
          const boundaries = boundariesOf(await world.plan(compiled, { drop: change.drop }), world.project)
          await world.apply(compiled, { drop: change.drop })
          await stop()
          shapes.set(change.name, await shapeOf(world.project))
          await world.remove()
          counts.kinds++
          counts.steps += boundaries.length / 2
          // Of the four crashes of a step, one.
          for (const [n, boundary] of boundaries.entries())
            for (const [v, victim] of (['apply', 'ClickHouse'] as const).entries())
              if (WHOLE || (n % 2) + 2 * v === (SEED + 3 * (n >> 1) + change.name.length) % 4)
                crashes.push({ ...boundary, case: change, victim })
        }),
      )
    expect(crashes.length).toBeGreaterThanOrEqual(counts.steps)
  })

  it.each(['apply', 'ClickHouse'] as const)(
    'with %s killed there, ends the same and exact',
    { timeout: 3_600_000 },
    async victim => {
      const own = crashes.filter(crash => crash.victim === victim)
      for (let i = 0; i < own.length; i += TOGETHER) {
        const running = await Promise.all(
          own.slice(i, i + TOGETHER).map(async crash => ({ crash, ...(await prepared(crash.case)) })),
        )
        await (victim === 'apply' ? killApply : killServer)(running)
        await Promise.all(running.map(({ crash, world, stop }) => finish(crash, world, stop)))
      }
    },
  )
})
