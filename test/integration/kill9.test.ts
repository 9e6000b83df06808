import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClickHouse, type ClickHouseOptions, createClickHouse } from '../../src/clients/clickhouse.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { check } from '../../src/config/check.js'
import { processExists } from '../../src/embedded/files.js'
import { mergeSql } from '../../src/targets/clickhouse/states.js'
import { rtdash } from '../support/rtdash.js'
import { type Relay, startRelay } from './relay.js'

// The local stack as a user has it, killed at any moment under load: what was acknowledged is there afterwards, once.

const ROUNDS = Number(process.env.RTDASH_KILLS ?? 4)
const victims = ['service', 'engine', 'service and engine', 'service, and again while it starts'] as const
const root = fileURLToPath(new URL('../..', import.meta.url))

interface Up {
  readonly process: ChildProcess
  readonly url: string
  /** Settles at its end, with the exit code (null after a kill) and what it said. */
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>
}

let dir: string
let compiled: Compiled
let up: Up
let relay: Relay
const spawned: ChildProcess[] = []
const state = (...path: string[]) => join(dir, '.rtdash', ...path)
const json = <T>(...path: string[]) => JSON.parse(readFileSync(state(...path), 'utf8')) as T

function spawnUp(): Omit<Up, 'url'> {
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), 'up', '--port', '0'], { cwd: dir })
  spawned.push(child)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code, said })) }
}

async function start(): Promise<Up> {
  const { process, ended } = spawnUp()
  const failed = ended.then(({ code, said }) => Promise.reject(new Error(`up ended with ${code}: ${said}`)))
  const [line] = (await Promise.race([once(process.stdout!, 'data'), failed])) as [Buffer]
  failed.catch(() => {})
  return { process, url: line.toString().trim(), ended }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  if (child.kill('SIGKILL')) await gone
}

async function strike(victim: (typeof victims)[number]): Promise<void> {
  const engine = json<{ pid: number }>('server', 'running.json').pid
  if (victim === 'engine' || victim === 'service and engine') process.kill(engine, 'SIGKILL')
  if (victim === 'engine') {
    const { code, said } = await up.ended
    expect([code, said]).toEqual([1, expect.stringContaining('ClickHouse has ended by itself')])
    return
  }
  await kill(up.process)
  if (victim === 'service, and again while it starts') {
    const again = spawnUp()
    await sleep(Math.random() * 2000)
    await kill(again.process)
  }
  // An engine without its service ends by itself.
  await expect.poll(() => processExists(engine), { timeout: 20_000, interval: 100 }).toBe(false)
}

async function withClickHouse<T>(use: (client: ClickHouse) => Promise<T>): Promise<T> {
  const client = createClickHouse(json<{ clickhouse: ClickHouseOptions }>('local.json').clickhouse)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

const rawIds = () =>
  withClickHouse(async client => {
    const rows = await client.query<{ id: string }>('SELECT toString(event_id) AS id FROM shop.raw_events')
    return rows.map(row => row.id)
  })

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'rtdash-kill-')))
  cpSync(join(root, 'examples/storefront/metrics.yaml'), join(dir, 'metrics.yaml'))
  const { model, diagnostics } = await check(join(dir, 'metrics.yaml'), { target: 'local' })
  if (model === undefined) throw new Error(JSON.stringify(diagnostics))
  compiled = compile(model)
  up = await start()
  relay = await startRelay(() => up.url)
  expect(await rtdash(['apply', '--yes'], { cwd: dir })).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await relay?.stop()
  for (const child of spawned) if (child.exitCode === null && child.signalCode === null) await kill(child)
  // The last engine needs a moment to notice.
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 })
})

describe.sequential('the local stack, killed', () => {
  const rounds = Array.from({ length: ROUNDS }, (_, i) => [i + 1, victims[i % victims.length]!] as const)

  it.each(rounds)('round %i: kill -9 of %s', { timeout: 120_000 }, async (round, victim) => {
    const before = relay.acknowledged.size
    const flags = ['--rate', '1000', '--duration', '5s', '--seed', String(round), '--url', relay.url, '--json']
    const load = rtdash(['simulate', ...flags], { cwd: dir })
    await expect.poll(() => relay.acknowledged.size, { timeout: 30_000, interval: 10 }).toBeGreaterThan(before)
    await sleep(Math.random() * 2500)
    await strike(victim)
    up = await start()

    const second = await rtdash(['up', '--port', '0'], { cwd: dir })
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain(`${up.url} (pid ${up.process.pid})`)

    const { code, stdout, stderr } = await load
    expect([code, stderr]).toEqual([0, expect.any(String)])
    const told = JSON.parse(stdout) as { sent: number; accepted: number; rejected: number }
    expect(told.rejected).toBe(0)
    // A request repeated after a restart is answered from raw, where events that were sent twice lie once.
    expect(told.accepted).toBeLessThanOrEqual(told.sent)
    expect(told.accepted).toBeGreaterThan(told.sent * 0.98)

    const ids = await rawIds()
    expect(ids).toHaveLength(relay.acknowledged.size)
    expect(new Set(ids)).toEqual(relay.acknowledged)
  })

  it('then has nothing left to store, and nothing refused', async () => {
    expect(readdirSync(state('spool')).filter(name => name.endsWith('.batch'))).toEqual([])
    expect(readdirSync(state('spool', 'refused'))).toEqual([])
    const dead = await withClickHouse(client => client.query('SELECT * FROM shop.raw_events_dead_letters'))
    expect(dead).toEqual([])
  })

  it('and holds the same in every rollup: each state is what raw gives', async () => {
    const different: string[] = []
    await withClickHouse(async client => {
      for (const rollup of compiled.rollups.rollups) {
        const resource = compiled.resources.find(({ id }) => id === `clickhouse.rollup/${rollup.name}`)
        if (resource?.kind !== 'clickhouse.rollup') throw new Error(rollup.name)
        for (const { name, fn } of rollup.states) {
          const { sql } = resource.spec.states.find(each => each.name === name)!
          const direct = /State(If)?\(/.test(sql) ? `finalizeAggregation(${sql})` : sql
          const [row] = await client.query<{ stored: string; direct: string }>(
            `SELECT (SELECT toString(${mergeSql(fn, name, 0.5)}) FROM shop.\`${rollup.name}\`) AS stored,
             (SELECT toString(${direct}) FROM shop.raw_events WHERE ${resource.spec.where}) AS direct`,
          )
          if (row?.stored !== row?.direct) different.push(`${rollup.name}.${name}: ${JSON.stringify(row)}`)
        }
      }
    })
    expect(different).toEqual([])
  })

  it('and has nothing to plan, and ends when told', async () => {
    expect(await rtdash(['plan', '--detailed-exitcode'], { cwd: dir })).toMatchObject({ code: 0 })
    expect(await rtdash(['down'], { cwd: dir })).toMatchObject({ code: 0 })
    expect((await up.ended).code).toBe(0)
  })
})
