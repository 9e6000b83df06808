import {
  Admin,
  describeClusterV1,
  describeGroupsV5,
  FindCoordinatorKeyTypes,
  metadataV12,
  parseBroker,
} from '@platformatic/kafka'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { driverOptions } from './options.js'

export type Operation =
  | 'read'
  | 'write'
  | 'create'
  | 'delete'
  | 'alter'
  | 'describe'
  | 'describe-configs'
  | 'alter-configs'

/** What a cluster says of itself and of what this account may do. Nothing is changed. */
export interface KafkaInspection {
  readonly brokers: number
  /** API name → newest version that the broker speaks. */
  readonly apis: ReadonlyMap<string, number>
  /** Undefined where the cluster does not say. */
  readonly cluster: ReadonlySet<Operation> | undefined
  /** Topics that are there, and those that this account may not even see. */
  readonly topics: ReadonlyMap<string, ReadonlySet<Operation> | undefined>
  readonly group: ReadonlySet<Operation> | undefined
}

/** Bits of Kafka's AclOperation codes. */
const BITS: Readonly<Record<Operation, number>> = {
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  'describe-configs': 10,
  'alter-configs': 11,
}
const UNKNOWN = -2_147_483_648
/** TOPIC_AUTHORIZATION_FAILED: whether it is there is not told either. */
const FORBIDDEN = 29

/** Asks one broker; connects and disconnects. Throws KafkaError. */
export async function inspectKafka(
  connection: KafkaConnection,
  wanted: { readonly topics: readonly string[]; readonly group: string },
): Promise<KafkaInspection> {
  const admin = new Admin({ ...driverOptions(connection, 'rtdash-doctor'), retries: 1, retryDelay: 100 })
  admin.on('error', () => {})
  try {
    const broker = await admin.connections.getFirstAvailable(connection.brokers.map(each => parseBroker(each)))
    const apis = await admin.listApis()
    const cluster = await describeClusterV1.api.async(broker, true, 1)
    const topics = await metadataV12.api.async(broker, [...wanted.topics], false, true).catch(error => {
      const { response } = error as { response?: metadataV12.MetadataResponse }
      if (response) return response
      throw error
    })
    return {
      brokers: cluster.brokers.length,
      apis: new Map(apis.map(({ name, maxVersion }) => [name, maxVersion])),
      cluster: operations(cluster.clusterAuthorizedOperations),
      topics: new Map(
        topics.topics
          .filter(({ errorCode }) => errorCode === 0 || errorCode === FORBIDDEN)
          .map(topic => [
            topic.name!,
            topic.errorCode === FORBIDDEN ? new Set<Operation>() : operations(topic.topicAuthorizedOperations),
          ]),
      ),
      group: await groupOperations(admin, wanted.group),
    }
  } catch (error) {
    throw toKafkaError(error, 'looking at the cluster')
  } finally {
    await admin.close().catch(() => {})
  }
}

async function groupOperations(admin: Admin, group: string): Promise<ReadonlySet<Operation> | undefined> {
  try {
    const [coordinator] = await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [group] })
    const found = await describeGroupsV5.api.async(await admin.connections.get(coordinator!), [group], true)
    return operations(found.groups[0]?.authorizedOperations ?? UNKNOWN)
  } catch (error) {
    const { type } = toKafkaError(error, '')
    if (type === 'GROUP_AUTHORIZATION_FAILED') return new Set()
    // A group that has never been: nobody can say.
    return undefined
  }
}

const operations = (bits: number): ReadonlySet<Operation> | undefined =>
  bits === UNKNOWN
    ? undefined
    : new Set((Object.keys(BITS) as Operation[]).filter(name => (bits & (1 << BITS[name])) !== 0))
