import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClickHouse } from '../../clients/clickhouse.js'
import { type EmbeddedClickHouse, startClickHouse } from '../../embedded/server.js'
import { createTables, shopSource } from './testing.js'

// Server, ingest, or both are killed while events come in without a pause. Afterwards raw, every rollup, and what
// was acknowledged must be the same, and rollups must know no other ingested_at than raw.

const VIEWS = 5
let dir: string
let server: EmbeddedClickHouse
let worker: ChildProcess | undefined
let port = ''

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rtdash-crash-'))
  server = await startClickHouse({ dir })
  const client = createClickHouse(server)
  await createTables(client, shopSource(), VIEWS)
  await client.close()
})
afterAll(async () => {
  worker?.kill('SIGKILL')
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function startWorker(): Promise<void> {
  const { url, username, password } = server
  const child = fork(join(import.meta.dirname, 'crashWorker.ts'), [JSON.stringify({ url, username, password }), dir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  worker = child
  port = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (data: Buffer) => resolve(data.toString().trim()))
    child.once('exit', code => reject(new Error(`the worker ended with ${code}`)))
  })
}

const kill = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

async function killServer(): Promise<void> {
  process.kill(server.pid, 'SIGKILL')
  await server.exited
}

/** Sends one request until it is acknowledged, whatever is killed meanwhile. */
async function deliver(body: string, key: string): Promise<number> {
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/ingest/events`, {
        method: 'POST',
        body,
        headers: { 'idempotency-key': key },
        signal: AbortSignal.timeout(20_000),
      })
      const found = (await answer.json()) as { accepted?: number }
      if (answer.status === 202) return found.accepted!
      if (answer.status < 500 && answer.status !== 429) throw new TypeError(JSON.stringify(found))
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('{')) throw error
    }
    await sleep(50)
  }
}

test('kill -9 of the server, of ingest, and of both: raw = rollups = acknowledged', { timeout: 180_000 }, async () => {
  await startWorker()
  let running = true
  let acknowledged = 0
  let id = 0
  let request = 0
  const senders = Array.from({ length: 4 }, async () => {
    while (running) {
      const lines: string[] = []
      const day = 86_400_000 * Math.floor(Math.random() * 5)
      for (let i = 0; i < 200; i++) lines.push(JSON.stringify({ event_id: id++, value: 1, ts: Date.now() - day }))
      lines.push('broken')
      const accepted = await deliver(lines.join('\n'), `key-${request++}`)
      acknowledged += accepted
    }
  })
  for (let round = 0; round < Number(process.env.RTDASH_KILLS ?? 9); round++) {
    const before = acknowledged
    while (acknowledged === before) await sleep(20)
    await sleep(Math.random() * 400)
    const victim = round % 3
    if (victim !== 1) await Promise.all([killServer(), victim === 2 ? kill(worker!) : undefined])
    else await kill(worker!)
    if (victim !== 1) server = await startClickHouse({ dir })
    // A new server has a new port, so ingest starts anew with it.
    if (victim === 0) await kill(worker!)
    await startWorker()
  }
  await sleep(500)
  running = false
  await Promise.all(senders)

  const client = createClickHouse(server)
  const one = async (sql: string) => Object.values((await client.query<Record<string, string>>(sql))[0]!)[0]!
  expect(acknowledged).toBe(request * 200)
  expect(Number(await one('SELECT count() AS n FROM shop.raw_events'))).toBe(acknowledged)
  expect(Number(await one('SELECT uniqExact(event_id) AS n FROM shop.raw_events'))).toBe(acknowledged)
  expect(Number(await one('SELECT count() AS n FROM shop.raw_events_dead_letters'))).toBe(request)
  for (let view = 0; view < VIEWS; view++) {
    const rollup = `shop.rollup_raw_events_${view}`
    expect(Number(await one(`SELECT sum(n) AS n FROM ${rollup}`))).toBe(acknowledged)
    const strange = await one(
      `SELECT count() AS n FROM (SELECT bucket, max(newest) AS newest FROM ${rollup} GROUP BY bucket) AS rollup
       INNER JOIN (SELECT toStartOfInterval(ts, INTERVAL ${view + 1} SECOND, 'UTC') AS bucket, max(ingested_at) AS newest FROM shop.raw_events GROUP BY bucket) AS raw
       USING bucket WHERE rollup.newest != raw.newest`,
    )
    expect(Number(strange)).toBe(0)
  }
  expect(readdirSync(join(dir, 'spool')).filter(name => name.endsWith('.batch'))).toEqual([])
  await client.close()
})
