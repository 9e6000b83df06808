import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaAdmin } from '../../clients/kafka/admin.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import { createKafkaConsumer } from '../../clients/kafka/consumer.js'
import { offsetsBetween } from '../../clients/kafka/offsetsAtTime.js'
import type { ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { contentHash, names } from '../../naming.js'
import { sourceOf } from '../../service/load/source.js'
import type { Range } from '../range.js'
import { createPartitionReplay, type PartitionReplay, type Replayed } from './partition.js'

export interface ReplayParts {
  readonly clickhouse: ClickHouse
  readonly kafka: KafkaConnection
  readonly admin: KafkaAdmin
  readonly config: ServiceConfig
}

export interface TopicOptions {
  /** When the records were written, epoch ms. */
  readonly range: Range
  /** Records per second at most; as fast as it goes without. */
  readonly rate?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (text: string) => void
  readonly log?: (text: string) => void
}

/** What a replay has done for one source, in records. */
export interface TopicResult extends Replayed {
  readonly source: string
  readonly topic: string
}

const CHUNK = 5000
/** Offsets may be missing at the end (compaction, transactions): without news for so long all is read. */
const IDLE_MS = 20_000

/**
 * Reads what was written to a source's topic within a time once more, in a group of its own, and stores what raw lacks.
 * Only what the project's loaders have committed already: the rest is theirs. Interrupted, it goes on where it stopped
 * when it is run again for the same time.
 */
export async function replayTopic(
  { clickhouse, kafka, admin, config }: ReplayParts,
  source: SourceConfig,
  { range, rate, signal, onProgress = () => {}, log = () => {} }: TopicOptions,
): Promise<TopicResult> {
  const { topic } = source
  const counts: Replayed = { read: 0, stored: 0, rejected: 0, duplicates: 0 }
  const bounds = await boundsOf(kafka, admin, config.project, topic, range)
  const total = [...bounds.values()].reduce((sum, { start, end }) => sum + Number(end - start), 0)
  if (total === 0) return { source: source.name, topic, ...counts }
  const loaded = sourceOf(config, topic)!
  const replays = new Map<number, PartitionReplay>()
  const { finished, finish } = ending()
  const pace = pacer(rate)
  let heard = Date.now()
  const consumer = createKafkaConsumer(kafka, {
    group: `rtdash.${config.project}.backfill.${contentHash(`${topic} ${range.from} ${range.to}`)}`,
    topics: [topic],
    fromBeginning: true,
    onError: error => log(error.message),
    onAssigned: assigned => {
      for (const { partition, committed } of assigned) {
        const { start, end } = bounds.get(partition) ?? { start: 0n, end: 0n }
        const commit = (next: bigint, note: string) => consumer.commit(topic, partition, next, note)
        const place = { topic, partition }
        const replay = createPartitionReplay({ clickhouse, loaded, place, start, end, committed, commit, counts, log })
        replays.set(partition, replay)
        if (replay.done()) consumer.pause(topic, partition)
        else if (committed === undefined || committed.offset < start) consumer.seek(topic, partition, start)
      }
      if (allDone()) finish()
    },
    onBatch: async ({ partition, records }, taken) => {
      const replay = replays.get(partition)!
      const stop = signal ? AbortSignal.any([signal, taken]) : taken
      for (let at = 0; at < records.length && !replay.done(); at += chunkOf(rate)) {
        stop.throwIfAborted()
        const chunk = records.slice(at, at + chunkOf(rate))
        await pace(chunk.length, stop)
        await replay.take(chunk, stop)
        heard = Date.now()
        onProgress(`${topic}: ${counts.read.toLocaleString('en')} of ${total.toLocaleString('en')} records`)
      }
      if (replay.done()) consumer.pause(topic, partition)
      if (allDone()) finish()
    },
  })
  const allDone = (): boolean => [...bounds.keys()].every(partition => replays.get(partition)?.done() === true)
  const idle = setInterval(() => {
    if (replays.size > 0 && Date.now() - heard > IDLE_MS) finish()
  }, 1000)
  const abort = () => finish()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    if (!signal?.aborted) await finished
  } finally {
    clearInterval(idle)
    signal?.removeEventListener('abort', abort)
    await consumer.stop()
  }
  signal?.throwIfAborted()
  return { source: source.name, topic, ...counts }
}

/** Small enough that a throttle is felt as a flow, not as waves. */
const chunkOf = (rate: number | undefined): number =>
  rate === undefined ? CHUNK : Math.min(CHUNK, Math.max(10, Math.ceil(rate / 4)))

/** Makes whoever wants to go on with so many records wait for their turn, all partitions together. */
function pacer(rate: number | undefined): (records: number, signal: AbortSignal) => Promise<void> {
  let free = Date.now()
  return async (records, signal) => {
    if (rate === undefined) return
    const wait = free - Date.now()
    free = Math.max(free, Date.now()) + (records / rate) * 1000
    if (wait > 0) await sleep(wait, undefined, { signal })
  }
}

function ending(): { readonly finished: Promise<void>; readonly finish: () => void } {
  let finish = () => {}
  const finished = new Promise<void>(resolve => {
    finish = resolve
  })
  return { finished, finish }
}

/** Partition → offsets to read: written within the range, and left behind by the loaders. */
async function boundsOf(
  kafka: KafkaConnection,
  admin: KafkaAdmin,
  project: string,
  topic: string,
  range: Range,
): Promise<Map<number, { readonly start: bigint; readonly end: bigint }>> {
  const [written, committed] = await Promise.all([
    offsetsBetween(kafka, topic, range),
    admin.committed(names.loaderGroup(project), topic),
  ])
  return new Map(
    [...written].map(([partition, { start, end }]) => {
      const loaded = committed.get(partition) ?? 0n
      const last = end < loaded ? end : loaded
      return [partition, { start, end: last > start ? last : start }]
    }),
  )
}
