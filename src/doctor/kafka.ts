import type { KafkaConnection } from '../clients/kafka/connection.js'
import type { KafkaInspection, Operation } from '../clients/kafka/inspect.js'
import type { Model } from '../model/model.js'
import { names } from '../naming.js'
import { ok, problem, skipped, type Told, warning } from './report.js'

/** Newest versions of the protocol that rtdash's client speaks: Kafka 3.1 has them. */
const NEEDED = { Metadata: 12, Fetch: 13, DescribeGroups: 5 } as const

/** Brokers, protocol and rights. Nothing is changed. */
export async function checkKafka(connection: KafkaConnection, model: Model): Promise<Told[]> {
  const { inspectKafka } = await import('../clients/kafka/inspect.js')
  const found = await inspectKafka(connection, { topics: topicsOf(model), group: names.loaderGroup(model.project) })
  return [
    protocolFinding(found),
    brokersFinding(found.brokers, model),
    clusterRights(found, model),
    ...topicRights(found, model),
    groupRights(found, model),
    skipped('clock', 'Kafka does not tell its time'),
  ]
}

const topicsOf = ({ project, sources }: Model): string[] => [
  ...sources.flatMap(({ topic }) => [topic, names.deadLettersTopic(topic)]),
  names.updatesTopic(project),
]

function protocolFinding({ apis }: KafkaInspection): Told {
  const behind = Object.entries(NEEDED).filter(([name, version]) => (apis.get(name) ?? -1) < version)
  const spoken = Object.keys(NEEDED).map(name => `${name} ${apis.get(name) ?? 'unknown'}`)
  const text = `speaks ${spoken.join(', ')}`
  return behind.length === 0 ? ok('version', text) : problem('version', text, 'Kafka 3.1 or later is needed')
}

function brokersFinding(brokers: number, { sources }: Model): Told {
  const most = Math.max(...sources.map(({ replication }) => replication))
  const text = `${brokers} ${brokers === 1 ? 'broker answers' : 'brokers'}`
  return most > brokers
    ? problem('brokers', text, `topics ask for ${most} copies: add brokers, or set \`replication: ${brokers}\``)
    : ok('brokers', text)
}

/** A right by prefix is not seen here: where topics are missing it may still be enough. */
function clusterRights({ cluster, topics }: KafkaInspection, model: Model): Told {
  if (cluster === undefined) return skipped('cluster-rights', 'the cluster does not say what this account may do')
  // One that may not even be seen may not be there either.
  const absent = topicsOf(model).filter(name => !topics.has(name) || topics.get(name)?.size === 0)
  if (cluster.has('create') || absent.length === 0)
    return ok('cluster-rights', [...cluster].join(', ') || 'none needed')
  return warning(
    'cluster-rights',
    `no right to create topics, and ${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there`,
    'grant CREATE on the cluster or on the topics’ prefix, or have them made',
  )
}

const TOPIC_NEEDS: readonly Operation[] = ['read', 'write', 'describe', 'describe-configs', 'alter-configs']

function topicRights({ topics }: KafkaInspection, model: Model): Told[] {
  return topicsOf(model).map(name => {
    if (!topics.has(name)) return skipped('topic-rights', `${name} is not there yet`)
    const rights = topics.get(name)
    if (rights === undefined) return skipped('topic-rights', `${name}: the cluster does not say`)
    const missing = TOPIC_NEEDS.filter(need => !rights.has(need))
    if (missing.length === 0) return ok('topic-rights', name)
    return problem('topic-rights', `${name}: no ${missing.join(', ')}`, 'grant them to this account with kafka-acls')
  })
}

function groupRights({ group }: KafkaInspection, model: Model): Told {
  const name = names.loaderGroup(model.project)
  if (group === undefined) return skipped('group-rights', `${name}: the cluster does not say`)
  return group.has('read')
    ? ok('group-rights', name)
    : problem('group-rights', `${name}: no read`, 'the loader commits its offsets there: grant READ on the group')
}
