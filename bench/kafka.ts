import { Consumer, Producer } from '@platformatic/kafka'
import { createKafkaAdmin, type KafkaAdmin } from '../src/clients/kafka/admin.js'
import { createKafkaConsumer } from '../src/clients/kafka/consumer.js'
import { createKafkaProducer } from '../src/clients/kafka/producer.js'
import { startKafka } from '../test/stack/engines.js'
import { rate, table } from './lib/print.js'

const MESSAGES = 400_000
const PER_CALL = 1_000
const PARTITIONS = 4
const VALUE = Buffer.alloc(119, 'x')
const KEYS = Array.from({ length: 1_000 }, (_, at) => Buffer.from(`user-${at}`))

/** The client against the driver that it stands on: keyed messages of 119 bytes, acks=all, idempotent, one broker. */
export async function benchKafka(): Promise<void> {
  const kafka = await startKafka()
  const admin = createKafkaAdmin(kafka)
  try {
    const writing = []
    for (const [label, calls] of [
      ['1 call at a time', 1],
      ['5 calls', 5],
      ['32 calls', 32],
    ] as const) {
      // With more than one call at a time the bare driver takes one batch for another's repetition, and loses it.
      const bare = calls === 1 ? await best(() => driverWrites(admin, kafka.brokers)) : undefined
      const ours = await best(() => weWrite(admin, kafka.brokers, calls))
      writing.push([label, rate(ours), bare ? rate(bare) : 'cannot', bare ? (ours / bare).toFixed(2) : ''])
    }
    const topic = await filled(admin, kafka.brokers)
    const ours = await best(() => weRead(kafka.brokers, topic))
    const bare = await best(() => driverReads(kafka.brokers, topic))
    table(
      `Kafka client: ${MESSAGES.toLocaleString('en')} messages, ${PARTITIONS} partitions, best of 3`,
      ['', 'ours', 'bare driver', 'ratio'],
      [
        ...writing.map(([label, ...figures]) => [
          `write, ${PER_CALL.toLocaleString('en')} a call, ${label}`,
          ...figures,
        ]),
        ['read', rate(ours), rate(bare), (ours / bare).toFixed(2)],
      ],
    )
  } finally {
    await admin.close()
    await kafka.stop()
  }
}

async function best(run: () => Promise<number>): Promise<number> {
  return Math.max(await run(), await run(), await run())
}

let topics = 0
async function topicOf(admin: KafkaAdmin): Promise<string> {
  const name = `bench-${++topics}`
  await admin.create({ name, partitions: PARTITIONS, replication: 1, config: {} })
  return name
}

const call = () => Array.from({ length: PER_CALL }, (_, at) => ({ key: KEYS[at % KEYS.length]!, value: VALUE }))

async function weWrite(admin: KafkaAdmin, brokers: readonly string[], atOnce: number): Promise<number> {
  const topic = await topicOf(admin)
  const producer = createKafkaProducer({ brokers })
  await producer.send(topic, call())
  const started = performance.now()
  let left = MESSAGES / PER_CALL
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await producer.send(topic, call())
    }),
  )
  const perSecond = (MESSAGES / (performance.now() - started)) * 1000
  await producer.close()
  await check(admin, topic, MESSAGES + PER_CALL)
  return perSecond
}

async function driverWrites(admin: KafkaAdmin, brokers: readonly string[]): Promise<number> {
  const topic = await topicOf(admin)
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [...brokers],
    idempotent: true,
    strict: false,
  })
  const send = () => producer.send({ messages: call().map(message => ({ ...message, topic })) })
  await send()
  const started = performance.now()
  for (let done = 0; done < MESSAGES; done += PER_CALL) await send()
  const perSecond = (MESSAGES / (performance.now() - started)) * 1000
  await producer.close()
  await check(admin, topic, MESSAGES + PER_CALL)
  return perSecond
}

/** A figure for messages that did not arrive is none. */
async function check(admin: KafkaAdmin, topic: string, expected: number): Promise<void> {
  const ends = await admin.endOffsets(topic)
  const total = [...ends.values()].reduce((sum, end) => sum + Number(end), 0)
  if (total !== expected) throw new Error(`${topic}: ${total} messages instead of ${expected}`)
}

async function filled(admin: KafkaAdmin, brokers: readonly string[]): Promise<string> {
  const topic = await topicOf(admin)
  const producer = createKafkaProducer({ brokers })
  for (let done = 0; done < MESSAGES; done += 20 * PER_CALL)
    await Promise.all(Array.from({ length: 20 }, () => producer.send(topic, call())))
  await producer.close()
  return topic
}

async function weRead(brokers: readonly string[], topic: string): Promise<number> {
  let read = 0
  let started = 0
  let finish = () => {}
  const all = new Promise<void>(resolve => {
    finish = resolve
  })
  const consumer = createKafkaConsumer(
    { brokers },
    {
      group: `bench-${Math.random()}`,
      topics: [topic],
      fromBeginning: true,
      onAssigned: () => {
        started = performance.now()
      },
      onBatch: async ({ records }) => {
        read += records.length
        if (read >= MESSAGES) finish()
      },
    },
  )
  await all
  const perSecond = (read / (performance.now() - started)) * 1000
  await consumer.stop()
  return perSecond
}

async function driverReads(brokers: readonly string[], topic: string): Promise<number> {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId: `bench-${Math.random()}`,
    bootstrapBrokers: [...brokers],
  })
  await consumer.topics.track(topic)
  await consumer.joinGroup()
  const started = performance.now()
  const stream = await consumer.consume({ topics: [topic], autocommit: false, mode: 'earliest' })
  let read = 0
  for await (const _ of stream) if (++read >= MESSAGES) break
  const perSecond = (read / (performance.now() - started)) * 1000
  await consumer.close(true)
  return perSecond
}
