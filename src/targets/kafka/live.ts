import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import type { Change } from '../../model/plan.js'
import type { ResourceOf } from '../../model/resource.js'
import { names } from '../../naming.js'
import { PlanError } from '../../plan/planError.js'
import type { Held, LiveEngine, PlanOptions } from '../live.js'
import { diff } from './diff.js'
import { type KnownTopic, knownTopics } from './ledger.js'
import { observe } from './observe.js'
import { applyStep } from './steps.js'

type Topic = ResourceOf<'kafka.topic'>

/**
 * Topics. What rtdash made, as its ledger tells, it keeps as declared. A declared topic that others made is theirs: it
 * is read and written as it is, nothing about it is changed or deleted, and the plan notes it. Configuration that
 * others set on a topic of ours is theirs as well.
 */
export const kafka: LiveEngine = {
  kinds: ['kafka.topic'],
  plan: async ({ model, resources }, { clickhouse, kafka: admin }, options) => {
    const wanted = resources.filter((r): r is Topic => r.kind === 'kafka.topic')
    if (admin === undefined) {
      if (wanted.length === 0) return { changes: [], unused: [] }
      throw new PlanError('no-kafka', 'there is no connection to Kafka', 'give the target `kafka.brokers`')
    }
    const known = await knownTopics(clickhouse, model.project)
    return surely(() => look(admin, wanted, known, options))
  },
  apply: applyStep,
}

/** A broker may not have heard of the last change yet (21 ms, measured): a difference counts when it is seen again. */
const LOOK_AGAIN_MS = [50, 200]

async function surely(plan: () => Promise<Held>): Promise<Held> {
  for (const ms of LOOK_AGAIN_MS) {
    try {
      const held = await plan()
      if (held.changes.length === 0) return held
    } catch (error) {
      if (!(error instanceof PlanError)) throw error
    }
    await sleep(ms)
  }
  return plan()
}

async function look(
  admin: KafkaAdmin,
  wanted: readonly Topic[],
  known: ReadonlyMap<string, KnownTopic>,
  options: PlanOptions,
): Promise<Held> {
  const { ours, unclaimed, others, held } = await observe(admin, wanted, known)
  const theirs = new Set(others.map(({ name }) => name))
  const changes = diff(
    wanted.filter(({ spec }) => !theirs.has(spec.name)),
    [...ours, ...unclaimed],
    { allowRepartition: options.allowRepartition ?? false, held },
  )
  await enoughBrokers(admin, changes)
  return {
    changes: claiming(changes, unclaimed).map(afterLedger),
    unused: [],
    notes: wanted.filter(({ spec }) => theirs.has(spec.name)).map(topic => note(topic, others)),
  }
}

/** Creating a topic fails half-way through an apply where there are fewer brokers than copies. */
async function enoughBrokers(admin: KafkaAdmin, changes: readonly Change[]): Promise<void> {
  const made = changes.filter(({ action }) => action === 'create').map(({ after }) => (after as Topic).spec)
  if (made.length === 0) return
  const brokers = await admin.brokers()
  const [tooMany] = made.filter(({ replication }) => replication > brokers)
  if (tooMany)
    throw new PlanError(
      'too-few-brokers',
      `topic ${tooMany.name} wants ${tooMany.replication} copies, and there ${brokers === 1 ? 'is 1 broker' : `are ${brokers} brokers`}`,
      `write \`replication: ${brokers}\` under the source, or bring up more brokers`,
    )
}

/** Whose a topic is stands in the ledger, so that comes first. */
const afterLedger = (change: Change): Change =>
  change.action === 'delete'
    ? change
    : { ...change, dependsOn: [...change.dependsOn, `clickhouse.table/${names.history}`] }

/** What an apply that was cut off has left to do comes before anything else that is done to these topics. */
function claiming(changes: readonly Change[], unclaimed: readonly Topic[]): Change[] {
  const claims = unclaimed.map((topic): Change => {
    const step = { run: 'claim-topic', title: `note in the ledger that topic ${topic.spec.name} is ours` }
    const change = changes.find(({ id }) => id === topic.id)
    if (change) return { ...change, steps: [step, ...change.steps] }
    const reason = 'its creation was cut off before the ledger had it'
    const { id, kind } = topic
    return {
      id,
      kind,
      action: 'update',
      risk: 'safe',
      reason,
      before: topic,
      after: topic,
      dependsOn: [],
      steps: [step],
    }
  })
  const claimed = new Set(claims.map(({ id }) => id))
  return [...changes.filter(({ id }) => !claimed.has(id)), ...claims]
}

function note({ spec }: Topic, others: readonly { name: string; partitions: number; replication: number }[]): string {
  const { partitions, replication } = others.find(({ name }) => name === spec.name)!
  return `topic ${spec.name} is there already and was not made by rtdash: it is used as it is (${partitions} × ${replication}), and neither changed nor deleted`
}
