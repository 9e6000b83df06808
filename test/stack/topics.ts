import { randomUUID } from 'node:crypto'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaConsumer } from '../../src/clients/kafka/consumer.js'
import type { KafkaRecord } from '../../src/clients/kafka/producer.js'
import type { Compiled } from '../../src/compile/compile.js'

/** Makes the topics of a model that are not there yet. */
export async function makeTopics(brokers: readonly string[], { resources }: Compiled): Promise<void> {
  const admin = createKafkaAdmin({ brokers })
  const present = new Set((await admin.topics()).map(({ name }) => name))
  for (const { kind, spec } of resources)
    if (kind === 'kafka.topic' && !present.has(spec.name)) await admin.create(spec)
  await admin.close()
}

/** All values of a topic from its beginning to where it ends now, as JSON, in order for each partition. */
export async function readTopic<T>(brokers: readonly string[], topic: string): Promise<T[]> {
  const admin = createKafkaAdmin({ brokers })
  const left = new Map([...(await admin.endOffsets(topic))].filter(([, end]) => end > 0n))
  await admin.close()
  const values: T[] = []
  if (left.size === 0) return values
  let done = () => {}
  const finished = new Promise<void>(resolve => {
    done = resolve
  })
  const consumer = createKafkaConsumer(
    { brokers },
    {
      group: `test.${randomUUID()}`,
      topics: [topic],
      fromBeginning: true,
      onBatch: async ({ partition, records }) => {
        for (const { value, offset } of records) {
          if (value !== null) values.push(JSON.parse(value.toString()) as T)
          if (offset + 1n >= left.get(partition)!) left.delete(partition)
        }
        if (left.size === 0) done()
      },
    },
  )
  await finished
  await consumer.stop()
  return values
}

/** An event as ingest writes it: JSON, the event time in epoch ms. `at` is when the topic takes it, by its own clock. */
export const eventRecord = (event: object, at: number, partition = 0): KafkaRecord => ({
  value: Buffer.from(JSON.stringify(event)),
  timestamp: at,
  partition,
})
