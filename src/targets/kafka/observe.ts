import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import type { LiveTopic } from '../../clients/kafka/liveTopics.js'
import type { ResourceOf, TopicSpec } from '../../model/resource.js'
import type { KnownTopic } from './ledger.js'

type Topic = ResourceOf<'kafka.topic'>

/** The topics that are wanted, or that rtdash once made, as they are. */
export interface Observed {
  /** Ours, with only those keys of their configuration that are ours or wanted. */
  readonly ours: readonly Topic[]
  /** Ours as well, but an apply ended before it could say so. */
  readonly unclaimed: readonly Topic[]
  /** Wanted, and there, and made by others. */
  readonly others: readonly LiveTopic[]
  /** Records in each topic of ours that nobody wants any more. */
  readonly held: ReadonlyMap<string, bigint>
}

const PREFIX = 'kafka.topic/'

/** Reads only. */
export async function observe(
  admin: KafkaAdmin,
  wanted: readonly Topic[],
  known: ReadonlyMap<string, KnownTopic>,
): Promise<Observed> {
  const specs = new Map(wanted.map(topic => [topic.id, topic.spec]))
  const ids = [...new Set([...specs.keys(), ...known.keys()])]
  const live = await admin.topics(ids.map(id => id.slice(PREFIX.length)))
  const sorted = live.map(topic => ({ topic, id: `${PREFIX}${topic.name}`, owner: ownerOf(topic, known) }))
  const of = (owner: Owner) =>
    sorted
      .filter(each => each.owner === owner)
      .map(({ topic, id }) => {
        const { keys = [], intended } = known.get(id) ?? {}
        return resource(id, topic, [...keys, ...keysOf(intended), ...keysOf(specs.get(id))])
      })
  const ours = of('us')
  const gone = ours.filter(({ id }) => !specs.has(id)).map(({ spec }) => spec.name)
  return {
    ours,
    unclaimed: of('us, unsaid').filter(({ id }) => specs.has(id)),
    others: sorted.filter(({ id, owner }) => owner === 'others' && specs.has(id)).map(({ topic }) => topic),
    held: new Map(await Promise.all(gone.map(async name => [name, await recordsIn(admin, name)] as const))),
  }
}

type Owner = 'us' | 'us, unsaid' | 'others'

function ownerOf(topic: LiveTopic, known: ReadonlyMap<string, KnownTopic>): Owner {
  const entry = known.get(`${PREFIX}${topic.name}`)
  if (entry?.ids.has(topic.topicId)) return 'us'
  // Nobody else makes one that is alike in every setting, in the moment between two steps of ours.
  return entry?.intended && alike(topic, entry.intended) ? 'us, unsaid' : 'others'
}

const alike = (live: LiveTopic, { partitions, replication, config }: TopicSpec): boolean =>
  live.partitions === partitions &&
  live.replication === replication &&
  Object.entries(config).every(([key, value]) => live.config[key] === value)

function resource(id: string, { name, partitions, replication, config }: LiveTopic, keys: readonly string[]): Topic {
  const own = Object.entries(config).filter(([key]) => keys.includes(key))
  const spec = { name, partitions, replication, config: Object.fromEntries(own) }
  return { id, kind: 'kafka.topic', dependsOn: [], spec }
}

const keysOf = (spec: TopicSpec | undefined): string[] => Object.keys(spec?.config ?? {})

async function recordsIn(admin: KafkaAdmin, name: string): Promise<bigint> {
  const [start, end] = await Promise.all([admin.startOffsets(name), admin.endOffsets(name)])
  return [...end].reduce((sum, [partition, to]) => sum + to - (start.get(partition) ?? 0n), 0n)
}
