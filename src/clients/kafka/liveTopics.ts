import {
  type Admin,
  type ConfigDescription,
  ConfigResourceTypes,
  ConfigSources,
  metadataV12,
  ProtocolError,
  parseBroker,
} from '@platformatic/kafka'
import type { TopicSpec } from '../../model/resource.js'
import { again } from './again.js'

/** A topic as it is; `config` holds what is set on the topic itself, by whomever. */
export interface LiveTopic extends TopicSpec {
  /** Another topic of the same name has another one. */
  readonly topicId: string
  /** Copies that are up to date, of the partition with the fewest. */
  readonly inSync: number
}

const UNKNOWN_TOPIC = 3

/** Topics by name, all where none are named; absent ones are left out. Throws the driver's errors. */
export const liveTopics = (admin: Admin, brokers: readonly string[], names?: readonly string[]): Promise<LiveTopic[]> =>
  again(
    async () => {
      const present = await describe(admin, brokers, names)
      const resources = present.map(({ name }) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName: name }))
      const configs = present.length === 0 ? [] : await admin.describeConfigs({ resources })
      return present.map(topic => ({ ...topic, config: ownConfig(configs, topic.name) }))
    },
    // One of them was deleted between the two questions, or a broker has not heard of it yet.
    ({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION',
  )

/** Not by the driver's own metadata call, which fails for all topics when one is not there or has no leader. */
async function describe(
  admin: Admin,
  brokers: readonly string[],
  names?: readonly string[],
): Promise<Omit<LiveTopic, 'config'>[]> {
  if (names?.length === 0) return []
  const bootstrap = brokers.map(broker => parseBroker(broker))
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

function ownConfig(configs: readonly ConfigDescription[], topic: string): Record<string, string> {
  const { configs: set } = configs.find(({ resourceName }) => resourceName === topic)!
  const own = set
    .filter(({ configSource }) => configSource === ConfigSources.TOPIC_CONFIG)
    .map(({ name, value }): [string, string] => [name, value ?? ''])
  return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)))
}
