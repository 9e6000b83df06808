import { randomUUID } from 'node:crypto'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { KafkaConsumer } from '../../clients/kafka/consumer.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import type { Canary } from '../update.js'
import type { Publisher, Publishing } from './job.js'
import { createStreamedMetric, type StreamedMetric } from './streamedMetric.js'
import type { StreamedRecord } from './streamedRecord.js'

/** A canary counts for a minute. */
const RECENT_MS = 60_000
const CANARIES_KEPT = 64

interface SeenCanary extends Canary {
  /** Its event time. */
  readonly ts: number
}

/**
 * Publishes the metrics that Flink computes, as they come on the updates topic; it leaves all others out, as the
 * publisher does with these. Every publisher reads for itself and from the end: what it missed is computed.
 */
export function createStreamed(publishing: Publishing, kafka: KafkaConnection): Publisher {
  let metrics = new Map<string, StreamedMetric>()
  let sourceOf = new Map<string, string>()
  let consumer: Promise<KafkaConsumer> | undefined
  const canaries = new Map<string, SeenCanary[]>()

  function receive(record: StreamedRecord): void {
    const metric = metrics.get(record.metric)
    if (metric) metric.receive(record, canaryBefore(record))
    else if (record.metric.startsWith(names.canaryMetric('')) && record.value !== null)
      keepCanary(record.metric.slice(names.canaryMetric('').length), record)
  }

  /** A canary's record: its event time, when it was sent, when the topic took it. */
  function keepCanary(source: string, { timestamp: ts, value, exact }: StreamedRecord): void {
    const seen = { ts, sent: value!, ingested: Number(exact ?? value), queried: Date.now() }
    canaries.set(source, [...(canaries.get(source) ?? []), seen].slice(-CANARIES_KEPT))
  }

  function canaryBefore({ metric, timestamp }: StreamedRecord): Canary | undefined {
    const known = canaries.get(sourceOf.get(metric) ?? '') ?? []
    const found = known.filter(({ ts }) => ts < timestamp && timestamp - ts < RECENT_MS)
    const newest = found.reduce<SeenCanary | undefined>((a, b) => (a && a.ts > b.ts ? a : b), undefined)
    return newest && { sent: newest.sent, ingested: newest.ingested, queried: Date.now() }
  }

  async function follow(project: string): Promise<KafkaConsumer> {
    const { createKafkaConsumer } = await import('../../clients/kafka/consumer.js')
    return createKafkaConsumer(kafka, {
      group: `rtdash.${project}.publish.${randomUUID()}`,
      topics: [names.updatesTopic(project)],
      fromBeginning: false,
      onBatch: async ({ records }) => {
        for (const { value } of records) if (value !== null) receive(JSON.parse(value.toString()) as StreamedRecord)
      },
      onError: error => publishing.log(`updates from Flink: ${error.message}`),
    })
  }

  function stop(): void {
    for (const metric of metrics.values()) metric.stop()
    metrics = new Map()
    void consumer?.then(reader => reader.stop())
    consumer = undefined
  }

  return {
    apply: (config: ServiceConfig | undefined) => {
      const wanted = config?.metrics.filter(metric => metric.streamed) ?? []
      if (config === undefined || wanted.length === 0) return stop()
      const before = metrics
      const sources = new Map(config.sources.map(source => [source.name, source]))
      metrics = new Map()
      sourceOf = new Map(wanted.map(metric => [metric.name, metric.source]))
      for (const config of wanted) {
        const known = before.get(config.name)
        const metric =
          known && known.meaning === config.streamed?.meaning ? known : createStreamedMetric(publishing, config)
        metrics.set(config.name, metric)
        metric.serve(config, sources.get(config.source))
      }
      for (const [name, metric] of before) if (metrics.get(name) !== metric) metric.stop()
      consumer ??= follow(config.project)
    },
    stop,
  }
}
