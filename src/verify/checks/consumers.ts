import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import { groupLag } from '../../clients/kafka/lag.js'
import type { Model, Source } from '../../model/model.js'
import { names } from '../../naming.js'
import { streamed } from '../../targets/flink/streamed.js'
import { type Check, skipped } from '../check.js'
import type { Finding } from '../report.js'

/** While events flow some are always on their way: what the expected rate brings in so long counts as none. */
const ON_THEIR_WAY_S = 2
/** Without an expected rate. */
const ON_THEIR_WAY = 1000

/** Of each consumer group: partitions assigned, lag in messages and in seconds. */
export const consumers: Check = {
  id: 'consumers',
  group: 2,
  run: async ({ kafka, compiled: { model } }) => {
    if (model.target.kafka === undefined) return [skipped('this target has no Kafka')]
    if (kafka === undefined) return [skipped('verify was not given a connection to Kafka')]
    const findings = model.sources.map(async source => [
      ...(await loader(kafka, model, source)),
      ...(streamed(model, source).length > 0 ? [await job(kafka, model, source)] : []),
    ])
    return (await Promise.all(findings)).flat()
  },
}

async function loader(kafka: KafkaAdmin, model: Model, source: Source): Promise<Finding[]> {
  const group = names.loaderGroup(model.project)
  const [assigned, [topic]] = await Promise.all([kafka.assigned(group, source.topic), kafka.topics([source.topic])])
  if (topic === undefined) return [skipped(`there is no topic ${source.topic}`, { source: source.name })]
  const lag = await groupLag(kafka, group, source.topic)
  const { partitions } = topic
  const about = { source: source.name, limit: partitions, observed: assigned.length, unit: 'partitions' } as const
  const reason = `${group}: ${assigned.length === 0 ? 'no loader runs' : 'some partitions are read by no loader'}`
  const records = lag.reduce((sum, each) => sum + each.records, 0)
  const limit = Math.ceil((source.eventsPerSecond ?? ON_THEIR_WAY / ON_THEIR_WAY_S) * ON_THEIR_WAY_S)
  const behind = { source: source.name, observed: records, limit, unit: 'messages', detail: group } as const
  return [
    assigned.length === partitions
      ? { ...about, verdict: 'pass', detail: group }
      : { ...about, verdict: 'fail', reason },
    records <= limit
      ? { ...behind, verdict: 'pass' }
      : { ...behind, verdict: 'fail', reason: `${group} does not keep up with ${source.topic}` },
    seconds(model, source, group, Math.max(0, ...lag.map(({ ms }) => ms))),
  ]
}

/** A job of Flink reads without being a member, and commits at each checkpoint: only its age says something. */
async function job(kafka: KafkaAdmin, model: Model, source: Source): Promise<Finding> {
  const group = names.flinkJob(model.project, source.name)
  const lag = await groupLag(kafka, group, source.topic)
  return seconds(model, source, group, Math.max(0, ...lag.map(({ ms }) => ms)))
}

function seconds(model: Model, source: Source, group: string, ms: number): Finding {
  const lags = model.metrics.filter(metric => metric.source === source.name).map(({ sla }) => sla.lagMs)
  const limit = Math.min(30_000, ...lags) / 1000
  const observed = Math.round(ms / 100) / 10
  const about = { source: source.name, observed, limit, unit: 's', detail: group } as const
  if (observed < limit) return { ...about, verdict: 'pass' }
  return { ...about, verdict: 'fail', reason: `${group}: the oldest message that waits is ${observed} s old` }
}
