import type { Model, Source } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import { names } from '../../naming.js'

type Topic = ResourceOf<'kafka.topic'>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A batch of records at most, in bytes: what clients and brokers take by default, doubled for wide events. */
const MAX_BATCH_BYTES = 2 * 1024 * 1024
/** Long enough for a publisher that was away to catch up; every window has a key of its own, so compaction alone would keep all. */
const UPDATES_KEPT_MS = DAY

/** Events as ingest wrote them: JSON, one record an event, in the order of arrival for each key. */
export const rawTopic = (source: Source): Topic =>
  topic(source.topic, source.partitions, source.replication, source, {
    'cleanup.policy': 'delete',
    'max.message.bytes': String(MAX_BATCH_BYTES),
    ...kept(source.retention.topicMs),
  })

/** Events that were refused, with the reason. Each record holds the whole event as text, hence twice the size. */
export const deadLettersTopic = (source: Source): Topic =>
  topic(names.deadLettersTopic(source.topic), 1, source.replication, source, {
    'cleanup.policy': 'delete',
    'max.message.bytes': String(2 * MAX_BATCH_BYTES),
    ...kept(source.retention.topicMs),
  })

/**
 * Values of tier 1, keyed by metric, window end and series: of a value written twice the newer one stays. One
 * partition, so that whoever publishes reads the windows of all metrics in order.
 */
export const updatesTopic = (model: Model, sources: readonly Source[]): Topic =>
  topic(names.updatesTopic(model.project), 1, Math.max(...sources.map(source => source.replication)), undefined, {
    'cleanup.policy': 'compact,delete',
    'delete.retention.ms': String(HOUR),
    'max.message.bytes': String(MAX_BATCH_BYTES),
    'min.cleanable.dirty.ratio': '0.1',
    ...kept(UPDATES_KEPT_MS),
  })

/** A segment is deleted as a whole, after its last record is due: short ones keep a topic near its retention. */
function kept(retentionMs: number | null): Record<string, string> {
  if (retentionMs === null) return { 'retention.ms': '-1' }
  const segmentMs = Math.min(DAY, Math.max(10 * MINUTE, Math.ceil(retentionMs / 8)))
  return { 'retention.ms': String(retentionMs), 'segment.ms': String(segmentMs) }
}

function topic(
  name: string,
  partitions: number,
  replication: number,
  source: Source | undefined,
  config: Readonly<Record<string, string>>,
): Topic {
  const all: Record<string, string> = {
    ...config,
    // As the producer compressed it: a broker of another mind would do it again.
    'compression.type': 'producer',
    'message.timestamp.type': 'CreateTime',
    // One broker may be down and accepted events are still on two; with two copies, on one.
    'min.insync.replicas': String(Math.max(1, replication - 1)),
  }
  return {
    id: `kafka.topic/${name}`,
    kind: 'kafka.topic',
    dependsOn: [],
    ...(source && { origin: source.span }),
    spec: {
      name,
      partitions,
      replication,
      config: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}
