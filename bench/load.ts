import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafkaAdmin } from '../src/clients/kafka/admin.js'
import { createKafkaProducer } from '../src/clients/kafka/producer.js'
import { type TestClickHouse, testClickHouse } from '../src/embedded/testing.js'
import { names } from '../src/naming.js'
import { createTables, shopSource } from '../src/service/ingest/testing.js'
import { type KafkaEngine, startKafka } from '../test/stack/engines.js'
import { rate, table } from './lib/print.js'

const EVENTS = 400_000
const PER_CALL = 1000
const AT_ONCE = 32
const PARTITIONS = 4
const VIEWS = 5
const ROUNDS = 3
const source = shopSource()

/** The front door to Kafka against a bare producer; the loader against INSERT … SELECT of the same rows. */
export async function benchLoad(): Promise<void> {
  const [kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  const { url, username, password } = ch.server
  const connection = JSON.stringify({ url, username, password })
  const workers: ChildProcess[] = []
  const work = (file: string, ...args: string[]) => {
    const path = join(import.meta.dirname, '../src/service', file)
    const child = fork(path, [connection, ...args], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    })
    workers.push(child)
    return child
  }
  try {
    await createTables(ch.client, source, VIEWS)
    const admin = createKafkaAdmin(kafka)
    for (const name of [source.topic, names.deadLettersTopic(source.topic), 'bare'])
      await admin.create({ name, partitions: PARTITIONS, replication: 1, config: {} })
    await admin.close()

    const door = work('ingest/crashWorker.ts', ch.dir, kafka.brokers.join())
    const port = await new Promise<string>(resolve => door.stdout!.once('data', data => resolve(String(data).trim())))
    await post(port, 20_000) // warm
    const through: number[] = []
    const bare: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await produce(kafka))
      through.push(await post(port, EVENTS))
    }
    door.kill()

    const rows = 20_000 + ROUNDS * EVENTS
    work('load/loadWorker.ts', kafka.brokers.join())
    const loaded = await load(ch, rows)
    const copied: number[] = []
    for (let round = 0; round < ROUNDS; round++) copied.push(await copy(ch, rows, round))
    const best = (list: readonly number[]) => Math.max(...list)
    const line = (label: string, ours: number, other: number) => [
      label,
      rate(ours),
      rate(other),
      (ours / other).toFixed(2),
    ]
    table(
      `To Kafka and from it: ${EVENTS.toLocaleString('en')} events a round, ${PARTITIONS} partitions, ${VIEWS} views`,
      ['', 'ours', 'against', 'ratio'],
      [
        line('front door → topic, against a bare producer of the same records', best(through), best(bare)),
        line('topic → raw and rollups, against INSERT … SELECT of the same rows', loaded, best(copied)),
      ],
    )
  } finally {
    for (const worker of workers) worker.kill()
    await kafka.stop()
    await ch.stop()
  }
}

let id = 0
const event = () => ({
  event_id: ++id,
  event_type: ['request', 'error', 'purchase'][id % 3],
  user_id: id % 5000,
  value: (id % 997) / 4,
  ts: Date.now(),
})

async function post(port: string, count: number): Promise<number> {
  const bodies = Array.from({ length: count / PER_CALL }, () =>
    Array.from({ length: PER_CALL }, () => JSON.stringify({ ...event(), geo: { region: 'eu-west' } })).join('\n'),
  )
  return timed(count, () =>
    atOnce(bodies, async body => {
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}/ingest/events`, { method: 'POST', body })
        await answer.text()
        if (answer.status === 202) return
        await sleep(20)
      }
    }),
  )
}

async function produce(kafka: KafkaEngine): Promise<number> {
  const producer = createKafkaProducer(kafka)
  const calls = Array.from({ length: EVENTS / PER_CALL }, () =>
    Array.from({ length: PER_CALL }, () => ({ value: Buffer.from(JSON.stringify({ ...event(), region: 'eu-west' })) })),
  )
  const found = await timed(EVENTS, () => atOnce(calls, records => producer.send('bare', records)))
  await producer.close()
  return found
}

/** Rows a second, from the first to the last. */
async function load({ client }: TestClickHouse, rows: number): Promise<number> {
  const count = async () =>
    Number((await client.query<{ n: string }>('SELECT count() AS n FROM shop.raw_events'))[0]!.n)
  let first = 0
  while (first === 0) {
    await sleep(20)
    first = await count()
  }
  return timed(rows - first, async () => {
    while ((await count()) < rows) await sleep(20)
  })
}

async function copy({ client }: TestClickHouse, rows: number, round: number): Promise<number> {
  await createTables(client, shopSource({ table: `copy_${round}`, deadLetters: `copy_dead_${round}` }), VIEWS)
  return timed(rows, () => client.command(`INSERT INTO shop.copy_${round} SELECT * FROM shop.raw_events`))
}

async function timed(count: number, run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return (count / (performance.now() - started)) * 1000
}

async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
    }),
  )
}
