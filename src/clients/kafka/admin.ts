import { setTimeout as sleep } from 'node:timers/promises'
import {
  Admin,
  type ConfigDescription,
  ConfigResourceTypes,
  ConfigSources,
  type Connection,
  describeGroupsV5,
  FindCoordinatorKeyTypes,
  fetchV13,
  IncrementalAlterConfigOperationTypes,
  metadataV12,
  ProtocolError,
  parseBroker,
} from '@platformatic/kafka'
import type { TopicSpec } from '../../model/resource.js'
import { decodeAssignment } from './assignment.js'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { decode } from './fetched.js'
import { KafkaError } from './kafkaError.js'
import { EARLIEST, LATEST, offsetsAt } from './offsets.js'
import { driverOptions } from './options.js'

/** A topic as it is; `config` holds what is set on the topic itself, by whomever. */
export interface LiveTopic extends TopicSpec {
  /** Another topic of the same name has another one. */
  readonly topicId: string
  /** Copies that are up to date, of the partition with the fewest. */
  readonly inSync: number
}

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

const UNKNOWN_TOPIC = 3
const ATTEMPTS = 5
const RETRY_MS = 300
/** A coordinator that has just begun, or moved, first loads what it is to know. */
const COORDINATOR_ATTEMPTS = 30

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

  async function again<T>(run: () => Promise<T>, attempts = ATTEMPTS, passing = isRetryable): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run()
      } catch (error) {
        if (attempt >= attempts || !passing(toKafkaError(error, ''))) throw error
        await sleep(RETRY_MS)
      }
    }
  }

  const atCoordinator = <T>(run: () => Promise<T>): Promise<T> =>
    again(run, COORDINATOR_ATTEMPTS, ({ type }) => type.includes('COORDINATOR'))

  async function topics(names?: readonly string[]): Promise<LiveTopic[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        const present = await describe(names)
        const resources = present.map(({ name }) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName: name }))
        const configs = present.length === 0 ? [] : await admin.describeConfigs({ resources })
        return present.map(topic => ({ ...topic, config: ownConfig(configs, topic.name) }))
      } catch (error) {
        // One of them was deleted between the two questions, or a broker has not heard of it yet.
        const { type } = toKafkaError(error, '')
        if (type !== 'UNKNOWN_TOPIC_OR_PARTITION' || attempt === ATTEMPTS) throw error
        await sleep(RETRY_MS)
      }
    }
  }

  /** Not by the driver's own metadata call, which fails for all topics when one is not there or has no leader. */
  async function describe(names?: readonly string[]): Promise<Omit<LiveTopic, 'config'>[]> {
    if (names?.length === 0) return []
    const bootstrap = connection.brokers.map(broker => parseBroker(broker))
    const { topics: found } = await again(async () => {
      const broker = await admin.connections.getFirstAvailable(bootstrap)
      try {
        return await metadataV12.api.async(broker, names ? [...names] : null, false, false)
      } catch (error) {
        const { response } = error as { response?: metadataV12.MetadataResponse }
        if (response) return response
        throw error
      }
    })
    const refused = found.find(({ errorCode }) => errorCode !== 0 && errorCode !== UNKNOWN_TOPIC)
    if (refused) throw new ProtocolError(refused.errorCode, `topic ${refused.name}`)
    return found
      .filter(({ errorCode, isInternal }) => errorCode === 0 && !isInternal)
      .map(({ name, topicId, partitions }) => ({
        name: name!,
        topicId,
        partitions: partitions.length,
        replication: partitions[0]?.replicaNodes.length ?? 0,
        inSync: Math.min(...partitions.map(({ isrNodes }) => isrNodes.length)),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
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
    topics: names => call('reading topics', () => topics(names)),
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
    assigned: (group, topic) =>
      call(`reading members of ${group}`, async () => {
        const members = await atCoordinator(async () => {
          const [coordinator] = await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [group] })
          return membersOf(await admin.connections.get(coordinator!), group)
        })
        const given = members.flatMap(({ memberAssignment }) => decodeAssignment(memberAssignment))
        return given.flatMap(each => (each.topic === topic ? each.partition : [])).sort((a, b) => a - b)
      }),
    committed: (group, topic) =>
      call(`reading offsets of ${group}`, async () => {
        const [found] = await atCoordinator(() => admin.listConsumerGroupOffsets({ groups: [group] }))
        const partitions = found?.topics.find(({ name }) => name === topic)?.partitions ?? []
        return new Map(
          partitions.flatMap(({ partitionIndex, committedOffset }) =>
            committedOffset >= 0n ? [[partitionIndex, committedOffset]] : [],
          ),
        )
      }),
    close: () => call('closing', () => admin.close()),
  }
}

const isRetryable = ({ retryable }: KafkaError): boolean => retryable

function ownConfig(configs: readonly ConfigDescription[], topic: string): Record<string, string> {
  const { configs: set } = configs.find(({ resourceName }) => resourceName === topic)!
  const own = set
    .filter(({ configSource }) => configSource === ConfigSources.TOPIC_CONFIG)
    .map(({ name, value }): [string, string] => [name, value ?? ''])
  return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Not by the driver's own call, which reads what a member subscribes to in a way that ends the process. */
async function membersOf(coordinator: Connection, group: string) {
  try {
    const { groups } = await describeGroupsV5.api.async(coordinator, [group], false)
    return groups[0]?.members ?? []
  } catch (error) {
    if (toKafkaError(error, '').type === 'GROUP_ID_NOT_FOUND') return []
    throw error
  }
}
