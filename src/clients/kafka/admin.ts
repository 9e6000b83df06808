import type { TopicSpec } from '../../model/resource.js'

/** What rtdash asks of a Kafka cluster's administration. */
export interface KafkaAdmin {
  /** Topics by name, all where none are named; absent ones are left out. `config` holds what is set on the topic itself. */
  topics(names?: readonly string[]): Promise<TopicSpec[]>
  create(topic: TopicSpec): Promise<void>
  addPartitions(name: string, total: number): Promise<void>
  /** Sets keys and, with null, unsets them; every other key stays as it is. */
  alterConfig(name: string, changes: Readonly<Record<string, string | null>>): Promise<void>
  remove(name: string): Promise<void>
  /** Partition → the offset that the next record will get. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** Partition → committed offset of a consumer group; partitions without one are left out. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>
  close(): Promise<void>
}
