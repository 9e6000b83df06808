import type { KafkaAdmin } from './admin.js'

/** How far a consumer group is behind on one partition. */
export interface PartitionLag {
  readonly partition: number
  /** Records that are there and not committed. */
  readonly records: number
  /** How long the oldest of them has been waiting, ms: its age by its own timestamp; 0 without any. */
  readonly ms: number
}

/**
 * Lag of a group on a topic, by partition. Without a committed offset everything that is there counts. Records that
 * were written with the time of their event instead of their arrival look as old as that event.
 */
export async function groupLag(admin: KafkaAdmin, group: string, topic: string): Promise<PartitionLag[]> {
  // The end last: what arrives in between may count, but nothing is committed beyond it.
  const [committed, start] = await Promise.all([admin.committed(group, topic), admin.startOffsets(topic)])
  const end = await admin.endOffsets(topic)
  return Promise.all(
    [...end]
      .sort(([a], [b]) => a - b)
      .map(async ([partition, to]) => {
        const oldest = start.get(partition) ?? 0n
        const from = committed.get(partition) ?? oldest
        const next = from < oldest ? oldest : from
        if (next >= to) return { partition, records: 0, ms: 0 }
        const written = await admin.timestampAt(topic, partition, next)
        return {
          partition,
          records: Number(to - next),
          ms: written === undefined ? 0 : Math.max(0, Date.now() - written),
        }
      }),
  )
}
