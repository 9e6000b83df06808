import type { KafkaAdmin } from '../clients/kafka/admin.js'
import type { KafkaConnection } from '../clients/kafka/connection.js'
import { readTail } from '../clients/kafka/tail.js'
import { ImportFailed } from './errors.js'
import { createShape } from './json.js'
import type { SourceProfile } from './profile.js'
import { chooseTimestamp } from './roles.js'

/** Newest records that are looked at, of each partition. */
const SAMPLE = 2000n

/** Looks at a topic's newest records, as far as they are JSON. Reads without a group: nobody is moved on. */
export async function profileTopic(
  kafka: KafkaConnection,
  admin: KafkaAdmin,
  topic: string,
  signal: AbortSignal,
): Promise<SourceProfile> {
  const [live] = await admin.topics([topic])
  if (live === undefined) throw new ImportFailed('no-topic', `there is no topic ${topic}`, 'names of topics are exact')
  const [starts, ends] = [await admin.startOffsets(topic), await admin.endOffsets(topic)]
  const offsets = new Map(
    [...ends].map(([partition, end]) => {
      const start = starts.get(partition) ?? 0n
      return [partition, end - SAMPLE > start ? end - SAMPLE : start]
    }),
  )
  const shape = createShape()
  const seconds = new Map<number, number>()
  let broken: string | undefined
  await readTail(
    kafka,
    topic,
    { since: Date.now(), offsets },
    ({ value, timestamp }) => {
      const second = Math.floor(timestamp / 1000)
      seconds.set(second, (seconds.get(second) ?? 0) + 1)
      const problem = value === null ? 'a record without a value' : shape.add(value)
      broken ??= problem
    },
    signal,
  )
  const { columns, leftOut, sampled } = shape.profile()
  if (sampled === 0)
    throw broken === undefined
      ? new ImportFailed('empty-topic', `topic ${topic} has no records`, 'send some first')
      : new ImportFailed('not-json', `topic ${topic}: ${broken}`, 'rtdash reads records of JSON objects')
  const time = chooseTimestamp(columns)
  const format = time && shape.numberedTime(time.name)
  const peak = Math.max(...seconds.values())
  return {
    kind: 'topic',
    from: topic,
    sampled,
    columns,
    leftOut,
    ...(Number.isFinite(peak) && { peak }),
    ...(format && { format }),
    partitions: live.partitions,
    replication: live.replication,
  }
}
