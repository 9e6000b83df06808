import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import { KafkaError } from '../../clients/kafka/kafkaError.js'
import type { LiveTopic } from '../../clients/kafka/liveTopics.js'
import type { Change, Step } from '../../model/plan.js'
import type { ResourceOf, TopicSpec } from '../../model/resource.js'
import type { ApplyContext } from '../live.js'
import { noteIntended, noteOurs } from './ledger.js'

type Procedure = (context: ApplyContext, admin: KafkaAdmin, change: Change) => Promise<void>

/** Brokers learn of a change one after the other. */
const PATIENCE_MS = 15_000

/** Runs one step of a topic's change; twice is the same as once. */
export async function applyStep(context: ApplyContext, change: Change, step: Step): Promise<void> {
  const { kafka } = context.clients
  const procedure = procedures[step.run]
  if (kafka === undefined || procedure === undefined) throw new Error(`${change.id}: no way to ${step.title}`)
  await procedure(context, kafka, change)
}

const procedures: Readonly<Record<string, Procedure>> = {
  /** The ledger first learns what is to be, then who it is: whatever happens between, it is known as ours. */
  'create-topic': async (context, admin, change) => {
    const spec = specOf(change.after)
    await noteIntended(context, change.id, spec)
    await unless('TOPIC_ALREADY_EXISTS', admin.create(spec))
    await claim(context, admin, change)
  },
  'claim-topic': (context, admin, change) => claim(context, admin, change),
  'add-partitions': async (_, admin, change) => {
    const { name, partitions } = specOf(change.after)
    const now = await live(admin, name)
    if (now.partitions < partitions) await admin.addPartitions(name, partitions)
    await until(admin, name, topic => topic?.partitions === partitions)
  },
  /** Only the keys that differ: what others have set on the topic stays. */
  'alter-topic': async (context, admin, change) => {
    const [before, after] = [specOf(change.before), specOf(change.after)]
    const changed = [...new Set([...Object.keys(before.config), ...Object.keys(after.config)])].filter(
      key => before.config[key] !== after.config[key],
    )
    const { topicId } = await live(admin, after.name)
    const keys = Object.keys(after.config)
    // Until the old keys are unset, they are ours as well.
    await noteOurs(context, change.id, topicId, [...new Set([...keys, ...changed])])
    await admin.alterConfig(after.name, Object.fromEntries(changed.map(key => [key, after.config[key] ?? null])))
    await until(admin, after.name, topic => changed.every(key => topic?.config[key] === after.config[key]))
    if (changed.some(key => !(key in after.config))) await noteOurs(context, change.id, topicId, keys)
  },
  'delete-topic': async (_, admin, change) => {
    const { name } = specOf(change.before)
    await unless('UNKNOWN_TOPIC_OR_PARTITION', admin.remove(name))
    await until(admin, name, topic => topic === undefined)
  },
}

async function claim(context: ApplyContext, admin: KafkaAdmin, change: Change): Promise<void> {
  const spec = specOf(change.before ?? change.after)
  const made = await until(admin, spec.name, topic => topic?.partitions === spec.partitions)
  await noteOurs(context, change.id, made!.topicId, Object.keys(spec.config))
}

const specOf = (resource: Change['after']): TopicSpec => (resource as ResourceOf<'kafka.topic'>).spec

async function live(admin: KafkaAdmin, name: string): Promise<LiveTopic> {
  const [topic] = await admin.topics([name])
  if (topic === undefined) throw new Error(`topic ${name} is gone: plan again`)
  return topic
}

/** Waits until what a broker says is as it should be, so that the next plan sees it as well. */
async function until(
  admin: KafkaAdmin,
  name: string,
  holds: (topic: LiveTopic | undefined) => boolean,
): Promise<LiveTopic | undefined> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const topic = await seen(admin, name)
    if (holds(topic)) return topic
    if (Date.now() > end) throw new Error(`topic ${name} does not show the change after ${PATIENCE_MS / 1000} s`)
  }
}

/** A topic that is being made or deleted may have no leaders for a moment. */
async function seen(admin: KafkaAdmin, name: string): Promise<LiveTopic | undefined> {
  try {
    const [topic] = await admin.topics([name])
    return topic
  } catch (error) {
    if (error instanceof KafkaError && error.retryable) return undefined
    throw error
  }
}

async function unless(type: string, done: Promise<void>): Promise<void> {
  await done.catch(error => {
    if (!(error instanceof KafkaError && error.type === type)) throw error
  })
}
