/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * Who reads what: each topic's partitions in turn over the members that subscribe to it, starting with the one that has
 * least so far. Pure, and the same for the same input.
 */
export function assign(
  members: ReadonlyMap<string, readonly string[]>,
  partitions: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>([...members.keys()].sort().map(id => [id, []]))
  for (const topic of [...partitions.keys()].sort()) {
    for (let partition = 0; partition < partitions.get(topic)!; partition++) {
      const able = [...assigned].filter(([id]) => members.get(id)!.includes(topic))
      const least = able.reduce<TopicPartition[] | undefined>(
        (best, [, own]) => (best === undefined || own.length < best.length ? own : best),
        undefined,
      )
      least?.push({ topic, partition })
    }
  }
  return assigned
}

/** Kafka's consumer protocol, version 0: what a member subscribes to. */
export const encodeSubscription = (topics: readonly string[]): Buffer =>
  Buffer.concat([int16(0), int32(topics.length), ...topics.map(text), int32(-1)])

export function decodeSubscription(buffer: Buffer): string[] {
  const read = reader(buffer, 2)
  return Array.from({ length: read.int32() }, read.text)
}

/** Kafka's consumer protocol, version 0: what a member is to read. */
export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const topics = new Map<string, TopicPartition[]>()
  for (const own of partitions) topics.set(own.topic, [...(topics.get(own.topic) ?? []), own])
  const parts = [...topics].flatMap(([topic, own]) => [
    text(topic),
    int32(own.length),
    ...own.map(({ partition }) => int32(partition)),
  ])
  return Buffer.concat([int16(0), int32(topics.size), ...parts, int32(-1)])
}

export function decodeAssignment(buffer: Buffer): TopicPartition[] {
  if (buffer.length === 0) return []
  const read = reader(buffer, 2)
  return Array.from({ length: read.int32() }, () => {
    const topic = read.text()
    return Array.from({ length: read.int32() }, () => ({ topic, partition: read.int32() }))
  }).flat()
}

function reader(buffer: Buffer, start: number) {
  let at = start
  const skip = (bytes: number): number => {
    at += bytes
    return at - bytes
  }
  return {
    int32: () => buffer.readInt32BE(skip(4)),
    text: () => {
      const length = buffer.readInt16BE(skip(2))
      const from = skip(length)
      return buffer.toString('utf8', from, from + length)
    },
  }
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}
