import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { readTail } from '../../clients/kafka/tail.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import type { EventDecoder } from './eventDecoder.js'
import { recordHeader } from './records.js'
import type { SeenTable } from './seenTable.js'

export interface TopicRefill {
  readonly kafka: KafkaConnection
  readonly project: string
  readonly source: SourceConfig
  readonly signal: AbortSignal
}

/** Reads the ids of events that are in the topic and not yet in raw. To be called before raw is read. */
export async function refillIdsFromTopic(refill: TopicRefill, decoder: EventDecoder, ids: SeenTable): Promise<void> {
  const { source } = refill
  await unloaded(refill, source.topic, Date.now() - source.dedupMs!, ({ value, timestamp }) => {
    let id: unknown
    try {
      id = (JSON.parse(value?.toString() ?? '') as Record<string, unknown>)[source.id!]
    } catch {
      return
    }
    const hash = decoder.idHash(id)
    if (hash) ids.claim(hash.low, hash.high, Math.floor(timestamp / 1000))
  })
}

const DAY = 86_400_000

/** The same for Idempotency-Keys, with how many events each stored and rejected. */
export async function refillKeysFromTopic(refill: TopicRefill, keys: SeenTable): Promise<void> {
  const { topic } = refill.source
  const counts = new Map<bigint, { stored: number; rejected: number; at: number }>()
  for (const name of [topic, names.deadLettersTopic(topic)]) {
    await unloaded(refill, name, Date.now() - DAY, ({ headers, timestamp }) => {
      const key = recordHeader(headers)?.requestKey ?? 0n
      if (key === 0n) return
      const count = counts.get(key) ?? { stored: 0, rejected: 0, at: 0 }
      count[name === topic ? 'stored' : 'rejected']++
      count.at = Math.floor(timestamp / 1000)
      counts.set(key, count)
    })
  }
  for (const [key, { stored, rejected, at }] of counts)
    keys.claim(Number(key & 0xffffffffn), Number(key >> 32n), at, stored, rejected)
}

type Take = Parameters<typeof readTail>[3]

async function unloaded({ kafka, project, signal }: TopicRefill, topic: string, since: number, take: Take) {
  const [{ createKafkaAdmin }, { readTail }] = await Promise.all([
    import('../../clients/kafka/admin.js'),
    import('../../clients/kafka/tail.js'),
  ])
  const admin = createKafkaAdmin(kafka)
  try {
    const [offsets, oldest] = [
      await admin.committed(names.loaderGroup(project), topic),
      await admin.startOffsets(topic),
    ]
    const kept = new Map(
      [...offsets].map(([at, offset]) => [at, offset < (oldest.get(at) ?? 0n) ? oldest.get(at)! : offset]),
    )
    await readTail(kafka, topic, { since, offsets: kept }, take, signal)
  } finally {
    await admin.close()
  }
}
