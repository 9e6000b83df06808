import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClickHouse } from '../clients/clickhouse.js'
import { AlreadyRunningError } from './errors.js'
import { processExists } from './files.js'
import { type EmbeddedClickHouse, startClickHouse } from './server.js'

let dir: string
const started: { stop(): Promise<unknown> }[] = []
const start = async () => {
  const server = await startClickHouse({ dir, log: message => console.log(message) })
  started.push(server)
  return server
}
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), `rtdash life it's <&"é-`))
})
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Inserts batches of 100 rows until the server is gone; returns how many rows were acknowledged. */
async function insertUntilGone(server: { url: string; username: string; password: string }, kill: () => void) {
  const client = createClickHouse(server)
  await client.command('CREATE DATABASE IF NOT EXISTS life')
  await client.command('CREATE TABLE life.t (n UInt64) ENGINE = MergeTree ORDER BY n')
  let acknowledged = 0
  try {
    for (let batch = 0; ; batch++) {
      const rows = Array.from({ length: 100 }, (_, i) => `${batch * 100 + i}\n`).join('')
      await client.insert('life.t', rows, 'TSV')
      acknowledged += 100
      if (batch === 20) kill()
    }
  } catch (error) {
    expect(error).toMatchObject({ name: 'ClickHouseError', retryable: true })
  }
  await client.close()
  return acknowledged
}

async function rowsAfterRestart(): Promise<number> {
  const client = createClickHouse(await start())
  const [row] = await client.query<{ total: string; distinct: string }>(
    'SELECT count() AS total, uniqExact(n) AS distinct FROM life.t',
  )
  await client.close()
  expect(row?.total).toBe(row?.distinct)
  return Number(row?.total)
}

const gone = (pid: number) => expect.poll(() => processExists(pid), { timeout: 20_000 }).toBe(false)

test('stop leaves no process and keeps the data and the password', async () => {
  const first = await start()
  const client = createClickHouse(first)
  await client.command('CREATE DATABASE kept')
  await client.close()
  await first.stop()
  expect(processExists(first.pid)).toBe(false)
  expect(await first.exited).toMatchObject({ code: 0 })
  const second = await start()
  expect(second.password).toBe(first.password)
  const again = createClickHouse(second)
  expect(
    await again.query("SELECT name FROM system.databases WHERE name LIKE 'kept' OR name LIKE '\\_rtdash%'"),
  ).toEqual([{ name: 'kept' }])
  await again.close()
})

test('secrets are for the owner only', async () => {
  await start()
  const server = join(dir, 'server')
  for (const file of readdirSync(server)) expect([file, statSync(join(server, file)).mode & 0o077]).toEqual([file, 0])
})

test('kill -9 of the engine loses nothing acknowledged, and the next start needs no help', async () => {
  const server = await start()
  const acknowledged = await insertUntilGone(server, () => process.kill(server.pid, 'SIGKILL'))
  expect(await server.exited).toEqual({ code: null, reason: 'ended by SIGKILL' })
  const rows = await rowsAfterRestart()
  expect(rows - acknowledged).toBeGreaterThanOrEqual(0)
  expect(rows - acknowledged).toBeLessThanOrEqual(100) // the batch in flight may be in or not
  expect(readdirSync(join(dir, 'server')).filter(name => /^(hold|port)/.test(name))).toHaveLength(2)
})

test('SIGTERM and SIGINT end the engine cleanly', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await start()
    process.kill(server.pid, signal)
    expect(await server.exited).toMatchObject({ code: 0 })
  }
})

test('kill -9 of the parent ends the engine, and loses nothing acknowledged', async () => {
  const { parent, server } = await startInAnotherProcess()
  const acknowledged = await insertUntilGone(server, () => parent.kill('SIGKILL'))
  await gone(server.pid)
  expect(await rowsAfterRestart()).toBeGreaterThanOrEqual(acknowledged)
})

test('an engine whose parent ends while it starts ends too, at whatever moment', async () => {
  await (await start()).stop()
  const run = join(dir, 'server')
  const files = JSON.stringify({ config: join(run, 'config.xml'), data: join(dir, 'clickhouse'), run })
  for (const delay of [0, 50, 100, 150, 200, 300, 500]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'child.js'), files], { stdio: 'pipe' })
    child.stdin.on('error', () => {})
    const ended = once(child, 'exit')
    await sleep(delay)
    child.stdin.end()
    expect([delay, ...(await ended)]).toEqual([delay, 0, null])
  }
})

test('a stale running.json is not believed, even when its pid lives', async () => {
  await (await start()).stop()
  const stale = { pid: process.pid, startedAt: 0, url: 'http://127.0.0.1:9' }
  writeFileSync(join(dir, 'server', 'running.json'), JSON.stringify(stale))
  expect((await start()).pid).not.toBe(process.pid)
})

test('of two starts at once one wins and the other names it', async () => {
  const [a, b] = await Promise.allSettled([start(), start()])
  const won = [a, b].find(each => each.status === 'fulfilled')
  const lost = [a, b].find(each => each.status === 'rejected')
  expect(lost?.reason).toBeInstanceOf(AlreadyRunningError)
  expect(lost?.reason.holder).toMatchObject({ pid: won?.value.pid })
})

async function startInAnotherProcess(): Promise<{ parent: ChildProcess; server: EmbeddedClickHouse }> {
  const module = fileURLToPath(new URL('./server.ts', import.meta.url))
  const program = `import { startClickHouse } from ${JSON.stringify(module)}
    const { exited, stop, ...rest } = await startClickHouse({ dir: ${JSON.stringify(dir)} })
    console.log(JSON.stringify(rest))`
  const args = ['--import', 'tsx', '--input-type=module', '-e', program]
  const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = once(parent, 'exit').then(() => Promise.reject(new Error('the parent ended')))
  const [line] = (await Promise.race([once(parent.stdout!, 'data'), failed])) as [Buffer]
  failed.catch(() => {})
  return { parent, server: JSON.parse(line.toString()) as EmbeddedClickHouse }
}
