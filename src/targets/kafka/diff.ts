import type { Change, Risk } from '../../model/plan.js'
import type { ResourceOf, TopicSpec } from '../../model/resource.js'
import { names } from '../../naming.js'
import { PlanError } from '../../plan/planError.js'

type Topic = ResourceOf<'kafka.topic'>

/**
 * Pure: the changes that lead from the topics of ours that there are to those that are wanted. More partitions send
 * keys elsewhere, so that they are an error unless allowed. Throws PlanError for what Kafka cannot change in place.
 */
export function diff(
  wanted: readonly Topic[],
  live: readonly Topic[],
  options: {
    readonly allowRepartition?: boolean
    /** Records in topics that are no longer wanted, by name, where that is known. */
    readonly held?: ReadonlyMap<string, bigint>
  } = {},
): Change[] {
  const before = new Map(live.map(topic => [topic.id, topic]))
  const after = new Set(wanted.map(topic => topic.id))
  return [
    ...wanted.flatMap(topic => changeOf(topic, before.get(topic.id), options.allowRepartition ?? false)),
    ...live.filter(topic => !after.has(topic.id)).map(topic => deletion(topic, options.held?.get(topic.spec.name))),
  ]
}

function changeOf(topic: Topic, live: Topic | undefined, allowRepartition: boolean): Change[] {
  const { spec } = topic
  const base = { ...headOf(topic), after: topic, dependsOn: topic.dependsOn }
  if (live === undefined) {
    const steps = [
      { run: 'create-topic', title: `create topic ${spec.name}, ${spec.partitions} × ${spec.replication}` },
    ]
    return [{ ...base, action: 'create', risk: 'safe', reason: 'new topic', steps }]
  }
  refuse(spec, live.spec, allowRepartition)
  const grows = spec.partitions > live.spec.partitions
  const keys = [...new Set([...Object.keys(live.spec.config), ...Object.keys(spec.config)])].sort()
  const changed = keys.filter(key => spec.config[key] !== live.spec.config[key])
  if (!grows && changed.length === 0) return []
  const shorter = retention(spec) < retention(live.spec)
  const risk: Risk = shorter ? 'destructive' : grows ? 'rebuild' : 'safe'
  const reasons = [
    ...(grows ? [`${spec.partitions} partitions instead of ${live.spec.partitions}: keys move to others`] : []),
    ...(shorter ? ['shorter retention deletes older events'] : []),
    ...changed.map(key => `${key} ${live.spec.config[key] ?? 'unset'} → ${spec.config[key] ?? 'unset'}`),
  ]
  const steps = [
    ...(grows ? [{ run: 'add-partitions', title: `raise ${spec.name} to ${spec.partitions} partitions` }] : []),
    ...(changed.length > 0 ? [{ run: 'alter-topic', title: `set ${changed.join(', ')} of ${spec.name}` }] : []),
  ]
  return [{ ...base, action: 'update', risk, before: live, reason: reasons.join(', '), steps }]
}

function refuse(want: TopicSpec, have: TopicSpec, allowRepartition: boolean): void {
  if (want.partitions < have.partitions && !isDeadLetters(want))
    throw new PlanError(
      'fewer-partitions',
      `topic ${want.name} has ${have.partitions} partitions and cannot have ${want.partitions}: Kafka takes none away`,
      isDerived(want)
        ? `delete topic ${want.name} with the tools of Kafka and apply again: its values are computed anew`
        : `write \`partitions: ${have.partitions}\` under the source, or give it another \`topic:\` name`,
    )
  if (want.replication !== have.replication)
    throw new PlanError(
      'topic-replication',
      `topic ${want.name} has ${have.replication} replicas and cannot change to ${want.replication} in place`,
      'keep the number, or reassign its partitions with the tools of Kafka first',
    )
  if (want.partitions > have.partitions && !allowRepartition)
    throw new PlanError(
      'repartition',
      `topic ${want.name}: with ${want.partitions} partitions instead of ${have.partitions} keys move to others, out of the order of what is there`,
      'allow it with --allow-repartition, or keep the number',
    )
}

const retention = ({ config }: TopicSpec): number => {
  const ms = Number(config['retention.ms'] ?? -1)
  return ms < 0 ? Number.POSITIVE_INFINITY : ms
}

/** A compacted topic holds values that are computed again; the others hold events. */
const isDerived = ({ config }: TopicSpec): boolean => config['cleanup.policy']?.includes('compact') ?? false

/** Nobody says how many partitions these have, and more do no harm. */
const isDeadLetters = ({ name }: TopicSpec): boolean => name.endsWith(names.deadLettersTopic(''))

function deletion(topic: Topic, held: bigint | undefined): Change {
  const derived = isDerived(topic.spec)
  const events = held === undefined ? 'events' : `${held} ${held === 1n ? 'event' : 'events'}`
  return {
    ...headOf(topic),
    action: 'delete',
    risk: derived || held === 0n ? 'safe' : 'destructive',
    reason: derived
      ? 'nothing is streamed any more'
      : `its source is no longer declared: ${held === 0n ? 'it is empty' : `${events} are lost`}`,
    before: topic,
    dependsOn: [],
    steps: [{ run: 'delete-topic', title: `delete topic ${topic.spec.name}` }],
  }
}

const headOf = ({ id, kind, origin }: Topic) => ({ id, kind, ...(origin && { origin }) })
