import type { Admin } from '@platformatic/kafka'

/** Kafka's own words for the end of a partition and for its beginning, in place of a time. */
export const LATEST = -1n
export const EARLIEST = -2n

/** Partition → offset of the first record of that time (epoch ms) or later, -1 where there is none; none without the topic. */
export async function offsetsAt(admin: Admin, topic: string, timestamp: bigint): Promise<Map<number, bigint>> {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
  const count = topics.get(topic)?.partitionsCount ?? 0
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }))
  const found = count === 0 ? [] : await admin.listOffsets({ topics: [{ name: topic, partitions }] })
  return new Map(found.flatMap(each => each.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset])))
}
