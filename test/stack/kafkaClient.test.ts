import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { type ConsumerOptions, createKafkaConsumer, type KafkaConsumer } from '../../src/clients/kafka/consumer.js'
import type { KafkaError } from '../../src/clients/kafka/kafkaError.js'
import { createKafkaProducer, type KafkaProducer } from '../../src/clients/kafka/producer.js'
import { type KafkaEngine, startKafka } from './engines.js'

// The producer and the consumer on one real broker that is killed under them.

let engine: KafkaEngine
let admin: KafkaAdmin
const open: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  engine = await startKafka()
  admin = createKafkaAdmin(engine)
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop()
})
afterAll(async () => {
  await admin.close()
  await engine.stop()
})

let topics = 0
async function topic(partitions: number, config: Record<string, string> = {}): Promise<string> {
  const name = `client-${++topics}`
  await admin.create({ name, partitions, replication: 1, config })
  return name
}

function producer(options: { timeoutMs?: number } = {}): KafkaProducer {
  const made = createKafkaProducer(engine, options)
  open.push({ stop: () => made.close() })
  return made
}

function consumer(options: Omit<ConsumerOptions, 'fromBeginning'>): KafkaConsumer {
  const made = createKafkaConsumer(engine, { fromBeginning: true, ...options })
  open.push(made)
  return made
}

interface Read {
  readonly partition: number
  readonly offset: bigint
  readonly key: string
  readonly value: string
}

/** All that is in a topic, read by a group of its own. */
async function contents(name: string): Promise<Read[]> {
  const total = [...(await admin.endOffsets(name)).values()].reduce((sum, end) => sum + Number(end), 0)
  const read: Read[] = []
  const one = createKafkaConsumer(engine, {
    group: `contents-${name}-${Math.random()}`,
    topics: [name],
    fromBeginning: true,
    onBatch: async ({ partition, records }) => {
      for (const { offset, key, value } of records)
        read.push({ partition, offset, key: String(key), value: String(value) })
    },
  })
  await expect.poll(() => read.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(total)
  await one.stop()
  return read
}

test('many calls at once: every record once, each key in order and on one partition', async () => {
  const name = await topic(5)
  const writer = producer()
  const calls = Array.from({ length: 400 }, (_, call) =>
    writer.send(
      name,
      Array.from({ length: 25 }, (_, at) => ({ key: Buffer.from(`k${at}`), value: Buffer.from(`${call}`) })),
    ),
  )
  await Promise.all(calls)
  const read = await contents(name)
  expect(read).toHaveLength(10_000)
  for (let key = 0; key < 25; key++) {
    const own = read.filter(record => record.key === `k${key}`)
    expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
    expect(own.map(({ value }) => Number(value))).toEqual(Array.from({ length: 400 }, (_, call) => call))
  }
})

test('nulls, headers, times and chosen partitions arrive as they were', async () => {
  const name = await topic(3)
  const value = Buffer.from([0, 255, 10])
  await producer().send(name, [
    { key: Buffer.from('k'), value: null, partition: 2, timestamp: 1_700_000_000_123, headers: { a: 'ä' } },
    { value, partition: 2 },
  ])
  const got: unknown[] = []
  consumer({
    group: name,
    topics: [name],
    onBatch: async ({ partition, records, highWatermark }) => {
      got.push(partition, highWatermark, ...records)
    },
  })
  await expect.poll(() => got.length, { timeout: 20_000 }).toBe(4)
  expect(got.slice(0, 3)).toMatchObject([
    2,
    2n,
    { offset: 0n, key: Buffer.from('k'), value: null, timestamp: 1_700_000_000_123 },
  ])
  expect(got[3]).toMatchObject({ offset: 1n, key: null, value })
})

test('a record that is too large fails its own call, and no other', async () => {
  const name = await topic(1, { 'max.message.bytes': '200000' })
  const writer = producer()
  const small = (text: string) => writer.send(name, [{ value: Buffer.from(text) }])
  const sent = await Promise.allSettled([
    small('a'),
    writer.send(name, [{ value: Buffer.alloc(300_000) }]),
    small('b'),
    small('c'),
  ])
  expect(sent.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect((sent[1] as PromiseRejectedResult).reason).toMatchObject({ type: 'MESSAGE_TOO_LARGE', retryable: false })
  await small('d')
  expect((await contents(name)).map(({ value }) => value).sort()).toEqual(['a', 'b', 'c', 'd'])
})

test('what cannot be written is said: no such topic, no broker in time', async () => {
  const writer = producer({ timeoutMs: 1_000 })
  await expect(writer.send('nowhere', [{ value: Buffer.from('a') }])).rejects.toThrow(/nowhere/)
  const elsewhere = createKafkaProducer({ brokers: ['127.0.0.1:1'] }, { timeoutMs: 500 })
  await expect(elsewhere.send('a', [{ value: null }])).rejects.toMatchObject({ retryable: true })
  await elsewhere.close()
})

test('the broker is killed again and again under load: every record that was acknowledged is there once', async () => {
  const name = await topic(4)
  const writer = producer({ timeoutMs: 120_000 })
  let stop = false
  let next = 0
  const acknowledged = new Set<string>()
  const load = Array.from({ length: 8 }, async () => {
    while (!stop) {
      const values = Array.from({ length: 20 }, () => String(next++))
      await writer.send(
        name,
        values.map(value => ({ key: Buffer.from(`k${Number(value) % 7}`), value: Buffer.from(value) })),
      )
      for (const value of values) acknowledged.add(value)
    }
  })
  for (let round = 0; round < 4; round++) {
    await sleep(700)
    await engine.kill()
    await sleep(300)
    await engine.startBroker()
    const before = acknowledged.size
    await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before)
  }
  stop = true
  await Promise.all(load)
  const values = (await contents(name)).map(({ value }) => value)
  expect(values.length).toBe(acknowledged.size)
  expect(new Set(values)).toEqual(acknowledged)
}, 240_000)

test('members share partitions; none is in two hands, and all is read once by the time of its commit', async () => {
  const name = await topic(6)
  const writer = producer()
  const busy = new Map<number, string>()
  const seen = new Map<string, number>()
  const assignments = new Map<string, number[]>()
  let clashes = 0
  const member = (id: string) => {
    const made: KafkaConsumer = consumer({
      group: name,
      topics: [name],
      onAssigned: partitions => {
        assignments.set(
          id,
          partitions.map(({ partition }) => partition),
        )
      },
      onRevoked: () => {
        assignments.set(id, [])
      },
      onBatch: async ({ partition, records }) => {
        if (busy.has(partition)) clashes++
        busy.set(partition, id)
        await sleep(30)
        for (const { value } of records) seen.set(String(value), (seen.get(String(value)) ?? 0) + 1)
        await made.commit(name, partition, records.at(-1)!.offset + 1n)
        busy.delete(partition)
      },
    })
    return made
  }
  let sent = 0
  let stop = false
  const load = (async () => {
    while (!stop) {
      const values = Array.from({ length: 12 }, (_, at) => ({
        value: Buffer.from(String(sent + at)),
        partition: at % 6,
      }))
      await writer.send(name, values)
      sent += 12
      await sleep(5)
    }
  })()
  const held = () => [...assignments.values()].map(own => own.length).sort()
  const first = member('first')
  await expect.poll(held, { timeout: 20_000 }).toEqual([6])
  member('second')
  await expect.poll(held, { timeout: 30_000 }).toEqual([3, 3])
  expect([...assignments.values()].flat().sort()).toEqual([0, 1, 2, 3, 4, 5])
  member('third')
  await expect.poll(held, { timeout: 30_000 }).toEqual([2, 2, 2])
  await first.stop()
  await expect.poll(held, { timeout: 30_000 }).toEqual([0, 3, 3])
  stop = true
  await load
  await expect.poll(() => seen.size, { timeout: 20_000 }).toBe(sent)
  expect(clashes).toBe(0)
  expect([...seen.values()].filter(times => times !== 1)).toEqual([])
})

test('a member goes on through kills of the broker, from what it committed', async () => {
  const name = await topic(3)
  const writer = producer({ timeoutMs: 120_000 })
  const times = new Map<string, number>()
  const reader: KafkaConsumer = consumer({
    group: name,
    topics: [name],
    onBatch: async ({ partition, records }) => {
      // A commit that fails leaves what was read to be read again.
      await reader.commit(name, partition, records.at(-1)!.offset + 1n)
      for (const { value } of records) times.set(String(value), (times.get(String(value)) ?? 0) + 1)
    },
  })
  let sent = 0
  for (let round = 0; round < 3; round++) {
    for (let call = 0; call < 10; call++) {
      await writer.send(
        name,
        [0, 1, 2].map(partition => ({ partition, value: Buffer.from(String(sent + partition)) })),
      )
      sent += 3
    }
    await engine.kill()
    await sleep(500)
    await engine.startBroker()
    await expect.poll(() => times.size, { timeout: 60_000 }).toBe(sent)
  }
}, 240_000)

test('a batch that fails comes again; seek, pause and resume', async () => {
  const name = await topic(1)
  const writer = producer()
  const send = (...texts: string[]) =>
    writer.send(
      name,
      texts.map(text => ({ value: Buffer.from(text) })),
    )
  await send('a', 'b', 'c', 'd')
  const got: string[] = []
  const errors: KafkaError[] = []
  let failing = true
  const reader = consumer({
    group: name,
    topics: [name],
    onError: error => errors.push(error),
    onAssigned: () => reader.seek(name, 0, 1n),
    onBatch: async ({ records }) => {
      if (failing) {
        failing = false
        throw new Error('not now')
      }
      got.push(...records.map(({ value }) => String(value)))
    },
  })
  await expect.poll(() => got, { timeout: 20_000 }).toEqual(['b', 'c', 'd'])
  expect(errors.map(({ message }) => message).join()).toContain('not now')
  reader.pause(name, 0)
  await send('e')
  await sleep(800)
  expect(got).toEqual(['b', 'c', 'd'])
  reader.resume(name, 0)
  await expect.poll(() => got).toEqual(['b', 'c', 'd', 'e'])
  reader.seek(name, 0, 3n)
  await expect.poll(() => got).toEqual(['b', 'c', 'd', 'e', 'd', 'e'])
  expect(() => reader.seek(name, 1, 0n)).toThrow('not assigned')
})

test('a process with a name takes the place of the one before at once', async () => {
  const name = await topic(2)
  let taken = 0
  const member = () =>
    consumer({
      group: name,
      topics: [name],
      instanceId: 'one',
      onAssigned: partitions => {
        taken += partitions.length
      },
      onBatch: async () => {},
    })
  member()
  await expect.poll(() => taken, { timeout: 20_000 }).toBe(2)
  const started = Date.now()
  member()
  await expect.poll(() => taken, { timeout: 20_000 }).toBeGreaterThanOrEqual(4)
  // Without the name it would take the 10 s after which a member that is silent counts as gone.
  expect(Date.now() - started).toBeLessThan(8_000)
})

test('new partitions are read as well', async () => {
  const name = await topic(1)
  const got: string[] = []
  consumer({
    group: name,
    topics: [name],
    onBatch: async ({ records }) => {
      got.push(...records.map(({ value }) => String(value)))
    },
  })
  const writer = producer()
  await writer.send(name, [{ value: Buffer.from('a') }])
  await expect.poll(() => got, { timeout: 20_000 }).toEqual(['a'])
  await admin.addPartitions(name, 3)
  await producer().send(name, [{ value: Buffer.from('b'), partition: 2 }])
  await expect.poll(() => got, { timeout: 30_000 }).toContain('b')
})

test('of three brokers the leader is killed: writing and reading go on at another one', async () => {
  const three = await startKafka({ brokers: 3 })
  open.push(three)
  const desk = createKafkaAdmin(three)
  await desk.create({ name: 'three', partitions: 3, replication: 3, config: { 'min.insync.replicas': '2' } })
  const writer = createKafkaProducer(three)
  const got: string[] = []
  const reader: KafkaConsumer = createKafkaConsumer(three, {
    group: 'three',
    topics: ['three'],
    fromBeginning: true,
    onBatch: async ({ partition, records }) => {
      await reader.commit('three', partition, records.at(-1)!.offset + 1n)
      got.push(...records.map(({ value }) => String(value)))
    },
  })
  const write = async (from: number): Promise<void> => {
    for (let at = from; at < from + 60; at++)
      await writer.send('three', [{ partition: at % 3, value: Buffer.from(String(at)) }])
  }
  await write(0)
  await expect.poll(() => got.length, { timeout: 30_000 }).toBe(60)
  const started = Date.now()
  await three.kill(0)
  await write(60)
  expect(Date.now() - started).toBeLessThan(30_000)
  await expect.poll(() => got.length, { timeout: 30_000 }).toBe(120)
  await three.startBroker(0)
  await three.kill(1)
  await write(120)
  await expect.poll(() => got.length, { timeout: 60_000 }).toBe(180)
  expect(new Set(got).size).toBe(180)
  await Promise.all([reader.stop(), writer.close(), desk.close()])
}, 240_000)
