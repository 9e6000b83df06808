import type { Compiled } from '../compile/compile.js'
import { bytes } from '../format/quantity.js'
import { isLockTable } from '../lock/held.js'
import type { Change, Plan } from '../model/plan.js'
import type { ResourceOf } from '../model/resource.js'
import { names } from '../naming.js'
import { clusterOf } from '../targets/clickhouse/cluster.js'
import { diff } from '../targets/clickhouse/diff/diff.js'
import { markedId } from '../targets/clickhouse/mark.js'
import { type Observed, observe } from '../targets/clickhouse/observe.js'
import { onCluster } from '../targets/clickhouse/render.js'
import { id, str } from '../targets/clickhouse/text.js'
import { observe as observeJobs } from '../targets/flink/live/observe.js'
import { flink } from '../targets/flink/live.js'
import { knownTopics } from '../targets/kafka/ledger.js'
import { kafka } from '../targets/kafka/live.js'
import type { Clients, Held } from '../targets/live.js'
import { planOf } from './plan.js'

/**
 * What it takes to leave nothing of a project behind, and in the notes what stays since others made it. All that holds
 * data is destructive. Empty when nothing is there.
 */
export async function planDestroy(compiled: Compiled, clients: Clients): Promise<Plan> {
  const nothing = { ...compiled, resources: [] }
  const held = await Promise.all([
    jobs(compiled, nothing, clients),
    topics(compiled, nothing, clients),
    tables(compiled, clients),
  ])
  return planOf(compiled, [], held)
}

async function jobs({ model }: Compiled, nothing: Compiled, clients: Clients): Promise<Held> {
  if (clients.flink === undefined) return none
  const { changes } = await flink.plan(nothing, clients, {})
  const seen = [...(await observeJobs(clients.flink, model.project)).values()]
  const foreign = seen.flatMap(({ alive }) => alive.filter(({ spec }) => spec === undefined))
  return { changes, unused: [], notes: foreign.map(({ name, id }) => stays(`job ${name} (${id})`)) }
}

async function topics(compiled: Compiled, nothing: Compiled, clients: Clients): Promise<Held> {
  const declared = compiled.resources.filter((r): r is ResourceOf<'kafka.topic'> => r.kind === 'kafka.topic')
  if (clients.kafka === undefined) {
    const known = await knownTopics(clients.clickhouse, compiled.model.project)
    const unreached = [...known.keys()].map(one => one.slice('kafka.topic/'.length))
    return {
      ...none,
      notes: unreached.map(
        name => `topic ${name} was made by rtdash and stays, if it is there: the target has no Kafka now`,
      ),
    }
  }
  const { changes } = await kafka.plan(nothing, clients, {})
  const ours = new Set(changes.map(({ id }) => id))
  const live = await clients.kafka.topics(declared.map(({ spec }) => spec.name))
  const foreign = live.filter(({ name }) => !ours.has(`kafka.topic/${name}`))
  return { changes, unused: [], notes: foreign.map(({ name }) => stays(`topic ${name}`)) }
}

async function tables({ model }: Compiled, { clickhouse }: Clients): Promise<Held> {
  const observed = await observe(clickhouse, model.project, [])
  if (!observed.exists) return none
  const cluster = clusterOf(model)
  const { changes } = diff([], observed, true)
  const foreign = [...observed.tables.values()].filter(({ name, owner }) => owner === undefined && !isLockTable(name))
  const [row] = await clickhouse.query<{ comment: string }>(
    `SELECT comment FROM system.databases WHERE name = ${str(model.project)}`,
  )
  const ownDatabase = markedId(row?.comment ?? '') !== undefined
  const notes = foreign.map(({ name }) => stays(`table ${model.project}.${name}`))
  if (foreign.length > 0) notes.push(`database ${model.project} stays with them`)
  else if (!ownDatabase && changes.length > 0) notes.push(stays(`database ${model.project}`))
  return {
    changes: [
      ...changes.map(change => named(change, observed, cluster)),
      ...(foreign.length === 0 && ownDatabase ? [dropDatabase(model.project, cluster)] : []),
    ],
    unused: [],
    notes,
  }
}

const none: Held = { changes: [], unused: [] }

const stays = (what: string): string => `${what} was not made by rtdash: it stays`

/** A deletion with what is lost by it, on all nodes. */
function named(change: Change, { tables }: Observed, cluster: string | undefined): Change {
  const live = tables.get(change.id.slice(change.id.indexOf('/') + 1))
  const rows = live?.rows ?? 0
  const lost = rows === 0 ? 'it is empty' : `${rows.toLocaleString('en-US')} rows are lost (${bytes(live!.bytes)})`
  return {
    ...change,
    reason: change.risk === 'destructive' ? lost : 'destroyed',
    steps: change.steps.map(step =>
      step.sql?.startsWith('DROP TABLE') && cluster !== undefined && !step.sql.includes(' ON CLUSTER ')
        ? { ...step, sql: step.sql.replace(/ SYNC$/, `${onCluster(cluster)} SYNC`) }
        : step,
    ),
  }
}

/**
 * The lock is in it until the end, and goes with it. DROP DATABASE asks nobody, so that what came into it since it was
 * planned is looked for once more.
 */
const dropDatabase = (project: string, cluster: string | undefined): Change => ({
  id: `clickhouse.database/${project}`,
  kind: 'clickhouse.database',
  action: 'delete',
  risk: 'safe',
  reason: 'nothing is left in it',
  dependsOn: [],
  steps: [
    {
      run: 'sql',
      title: 'look whether it is empty',
      sql: `SELECT throwIf(count() > 0, 'it holds what others made, and stays') FROM system.tables WHERE database = ${str(project)} AND NOT match(name, ${str(`^${names.lock}_[0-9]+$`)})`,
    },
    {
      run: 'sql',
      title: `drop database ${project}`,
      sql: `DROP DATABASE IF EXISTS ${id(project)}${onCluster(cluster)} SYNC`,
    },
  ],
})
