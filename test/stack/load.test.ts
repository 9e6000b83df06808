import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClickHouse } from '../../src/clients/clickhouse.js'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaProducer } from '../../src/clients/kafka/producer.js'
import { type EmbeddedClickHouse, startClickHouse } from '../../src/embedded/server.js'
import { names } from '../../src/naming.js'
import { createTables, shopSource } from '../../src/service/ingest/testing.js'
import { type KafkaEngine, startKafka } from './engines.js'

// Loader, ClickHouse and broker are killed while events come in without a pause. Afterwards raw and dead letters
// together hold each record of the topic once, and every rollup counts what raw does.

const KILLS = Number(process.env.RTDASH_KILLS ?? 3)
/** How long an engine stays away: shorter than people would, unless asked for. */
const AWAY_S = Number(process.env.RTDASH_AWAY_S ?? 15)
const VIEWS = 3
const PARTITIONS = 3
const source = shopSource()
const root = join(import.meta.dirname, '../..')

let dir: string
let kafka: KafkaEngine
let server: EmbeddedClickHouse
let door: Door
const loaders: ChildProcess[] = []

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rtdash-load-'))
  ;[kafka, server] = await Promise.all([startKafka(), startClickHouse({ dir })])
  door = await openDoor()
  const client = createClickHouse(server)
  await createTables(client, source, VIEWS)
  await client.close()
  const admin = createKafkaAdmin(kafka)
  for (const name of [source.topic, names.deadLettersTopic(source.topic)])
    await admin.create({ name, partitions: PARTITIONS, replication: 1, config: {} })
  await admin.close()
}, 180_000)
afterAll(async () => {
  for (const loader of loaders) await kill(loader)
  door?.close()
  await server?.stop()
  await kafka?.stop()
  rmSync(dir, { recursive: true, force: true })
})

interface Door {
  readonly url: string
  close(): void
}

/** One address for ClickHouse, which comes back on another port each time. */
async function openDoor(): Promise<Door> {
  const sockets = new Set<Socket>()
  const listener = createServer(client => {
    const engine = connect(Number(new URL(server.url).port), '127.0.0.1')
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    client.pipe(engine).pipe(client)
  })
  await new Promise<void>(resolve => void listener.listen(0, '127.0.0.1', resolve))
  const close = () => {
    listener.close()
    for (const socket of sockets) socket.destroy()
  }
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, close }
}

function startLoader(): ChildProcess {
  const { username, password } = server
  const child = fork(
    join(root, 'src/service/load/loadWorker.ts'),
    [JSON.stringify({ url: door.url, username, password }), kafka.brokers.join()],
    {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', process.env.RTDASH_LOG ? 'inherit' : 'ignore', 'ipc'],
    },
  )
  loaders.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const at = loaders.indexOf(child)
  if (at >= 0) loaders.splice(at, 1)
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

async function killServer(awayMs = 0): Promise<void> {
  process.kill(server.pid, 'SIGKILL')
  await server.exited
  await sleep(awayMs)
  server = await startClickHouse({ dir })
}

let next = 0
let poison = 0

/** Writes until told to stop, as somebody who is not the front door: nothing is checked, and some of it is broken. */
function stream(): { stop(): Promise<void>; readonly sent: () => number } {
  const producer = createKafkaProducer(kafka, { timeoutMs: 600_000 })
  let running = true
  let sent = 0
  const done = (async () => {
    while (running) {
      const records = Array.from({ length: 100 }, () => {
        const id = next++
        const broken = id % 50 === 0
        if (broken) poison++
        const event = { event_id: id, event_type: 'request', value: 1, ts: Date.now(), geo: { region: 'eu' } }
        return {
          key: Buffer.from(String(id % 97)),
          value: Buffer.from(broken ? `broken ${id}` : JSON.stringify(event)),
        }
      })
      await producer.send(source.topic, records)
      sent += records.length
      await sleep(20)
    }
    await producer.close()
  })()
  return {
    sent: () => sent,
    stop: async () => {
      running = false
      await done
    },
  }
}

async function inTopic(): Promise<number> {
  const admin = createKafkaAdmin(kafka)
  const ends = await admin.endOffsets(source.topic)
  await admin.close()
  return [...ends.values()].reduce((sum, end) => sum + Number(end), 0)
}

/** Waits until all is loaded, then checks that it is there once. */
async function expectExact(): Promise<void> {
  const total = await inTopic()
  expect(total).toBe(next)
  const client = createClickHouse(server)
  const one = async (sql: string) => Number(Object.values((await client.query<Record<string, string>>(sql))[0]!)[0])
  const stored = () =>
    one('SELECT (SELECT count() FROM shop.raw_events) + (SELECT count() FROM shop.raw_events_dead_letters) AS n')
  for (const until = Date.now() + 90_000; (await stored()) < total && Date.now() < until; ) await sleep(200)
  // What would be there twice may come late.
  await sleep(1500)
  expect(await one('SELECT count() FROM shop.raw_events')).toBe(total - poison)
  expect(await one('SELECT uniqExact(_topic_partition, _offset) FROM shop.raw_events')).toBe(total - poison)
  expect(await one('SELECT uniqExact(event_id) FROM shop.raw_events')).toBe(total - poison)
  expect(await one('SELECT count() FROM shop.raw_events_dead_letters')).toBe(poison)
  expect(await one('SELECT uniqExact(event) FROM shop.raw_events_dead_letters')).toBe(poison)
  for (let view = 0; view < VIEWS; view++)
    expect(await one(`SELECT sum(n) FROM shop.rollup_raw_events_${view}`)).toBe(total - poison)
  await client.close()
}

/** Kills again and again at any moment, each time once the loader has done something since. */
async function underFire(times: number, blow: () => Promise<void>): Promise<void> {
  const load = stream()
  for (let round = 0; round < times; round++) {
    await sleep(700 + Math.random() * 1500)
    await blow()
  }
  await load.stop()
  await expectExact()
}

const timeout = 120_000 + KILLS * 20_000

test('the loader killed', { timeout }, async () => {
  let loader = startLoader()
  await underFire(KILLS, async () => {
    await kill(loader)
    loader = startLoader()
  })
})

test('ClickHouse killed', { timeout }, async () => {
  await underFire(KILLS, () => killServer())
})

test('the broker killed', { timeout }, async () => {
  await underFire(KILLS, async () => {
    await kafka.kill()
    await kafka.startBroker()
  })
})

test('two loaders share the partitions, and one is killed', { timeout }, async () => {
  const second = startLoader()
  await underFire(1, async () => {
    await sleep(3000)
    await kill(second)
  })
})

test('the broker away, then ClickHouse', { timeout: timeout + AWAY_S * 3000 }, async () => {
  await underFire(1, async () => {
    await kafka.stopBroker()
    await sleep(AWAY_S * 1000)
    await kafka.startBroker()
  })
  await underFire(1, () => killServer(AWAY_S * 1000))
})
