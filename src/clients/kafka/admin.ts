import { Admin, ConfigResourceTypes, fetchV13, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import type { TopicSpec } from '../../model/resource.js'
import { ATTEMPTS, RETRY_MS } from './again.js'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { decode } from './fetched.js'
import { KafkaError } from './kafkaError.js'
import { assignedTo, committedBy } from './liveGroups.js'
import { type LiveTopic, liveTopics } from './liveTopics.js'
import { EARLIEST, LATEST, offsetsAt } from './offsets.js'
import { driverOptions } from './options.js'

/** What rtdash asks of a Kafka cluster's administration. */
export interface KafkaAdmin {
  /** How many brokers there are at present. */
  brokers(): Promise<number>
  /** Topics by name, all where none are named; absent ones are left out. */
  topics(names?: readonly string[]): Promise<LiveTopic[]>
  create(topic: TopicSpec): Promise<void>
  addPartitions(name: string, total: number): Promise<void>
  /** Sets keys and, with null, unsets them; every other key stays as it is. */
  alterConfig(name: string, changes: Readonly<Record<string, string | null>>): Promise<void>
  remove(name: string): Promise<void>
  /** Partition → the offset that the next record will get. */
  endOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** Partition → the oldest offset that is still kept. */
  startOffsets(topic: string): Promise<ReadonlyMap<number, bigint>>
  /** When the record at an offset, or the next one that is still there, was written, epoch ms; nothing at the end. */
  timestampAt(topic: string, partition: number, offset: bigint): Promise<number | undefined>
  /** Partitions of a topic that members of a consumer group have been given; empty where there is no such group. */
  assigned(group: string, topic: string): Promise<readonly number[]>
  /** Partition → committed offset of a consumer group; partitions without one are left out. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint>>
  close(): Promise<void>
}

/** Administration of a cluster; connects with its first call. Every call throws KafkaError. */
export function createKafkaAdmin(connection: KafkaConnection): KafkaAdmin {
  const admin = new Admin({ ...driverOptions(connection, 'rtdash-admin'), retries: ATTEMPTS, retryDelay: RETRY_MS })
  // A failed connection also fails the call that needed it.
  admin.on('error', () => {})

  async function call<T>(doing: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw toKafkaError(error, doing)
    }
  }

  async function timestampAt(topic: string, partition: number, offset: bigint): Promise<number | undefined> {
    const { topics: known, brokers } = await admin.metadata({ topics: [topic], forceUpdate: true })
    const { id: topicId, partitions = [] } = known.get(topic) ?? {}
    const leader = brokers.get(partitions[partition]?.leader ?? -1)
    if (topicId === undefined || leader === undefined)
      throw new KafkaError('LEADER_NOT_AVAILABLE', `${topic}/${partition} has no leader`, true)
    const at = { partition, currentLeaderEpoch: -1, fetchOffset: offset, lastFetchedEpoch: -1, partitionMaxBytes: 1 }
    const asked = [{ topicId, partitions: [at] }]
    const answer = await fetchV13.api.async(await admin.connections.get(leader), 0, 0, 1, 0, 0, 0, asked, [], '')
    return decode(answer.responses[0]!.partitions[0]!, offset).records[0]?.timestamp
  }

  return {
    brokers: () =>
      call('counting brokers', async () => (await admin.metadata({ topics: [], forceUpdate: true })).brokers.size),
    topics: names => call('reading topics', () => liveTopics(admin, connection.brokers, names)),
    create: ({ name, partitions, replication, config }) =>
      call(`creating topic ${name}`, async () => {
        const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
        await admin.createTopics({ topics: [name], partitions, replicas: replication, configs })
      }),
    addPartitions: (name, total) =>
      call(`adding partitions to ${name}`, () =>
        // Without the null the driver sends an empty assignment, which the broker refuses.
        admin.createPartitions({ topics: [{ name, count: total, assignments: null }] }),
      ),
    alterConfig: (name, changes) =>
      call(`altering topic ${name}`, () =>
        admin.incrementalAlterConfigs({
          resources: [
            {
              resourceType: ConfigResourceTypes.TOPIC,
              resourceName: name,
              configs: Object.entries(changes).map(([key, value]) =>
                value === null
                  ? { name: key, configOperation: IncrementalAlterConfigOperationTypes.DELETE }
                  : { name: key, configOperation: IncrementalAlterConfigOperationTypes.SET, value },
              ),
            },
          ],
        }),
      ),
    remove: name => call(`deleting topic ${name}`, () => admin.deleteTopics({ topics: [name] })),
    endOffsets: topic => call(`reading the end of ${topic}`, () => offsetsAt(admin, topic, LATEST)),
    startOffsets: topic => call(`reading the start of ${topic}`, () => offsetsAt(admin, topic, EARLIEST)),
    timestampAt: (topic, partition, offset) =>
      call(`reading ${topic}/${partition}`, () => timestampAt(topic, partition, offset)),
    assigned: (group, topic) => call(`reading members of ${group}`, () => assignedTo(admin, group, topic)),
    committed: (group, topic) => call(`reading offsets of ${group}`, () => committedBy(admin, group, topic)),
    close: () => call('closing', () => admin.close()),
  }
}
