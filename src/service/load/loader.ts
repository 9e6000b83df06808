import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import { createKafkaConsumer, type KafkaConsumer } from '../../clients/kafka/consumer.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import { names } from '../../naming.js'
import { SeenTable } from '../ingest/seenTable.js'
import { createLimiter } from '../publish/limiter.js'
import { createPartition, type Partition } from './partition.js'
import { type LoadedSource, sourceOf, topicsOf } from './source.js'
import { type Counters, type LoaderStats, newCounters } from './stats.js'

export interface LoaderOptions {
  /** The configuration in force, undefined before anything was applied. */
  readonly config: () => ServiceConfig | undefined
  readonly clickhouse: ClickHouse
  readonly kafka: KafkaConnection
  readonly log: (message: string) => void
  readonly limits?: Partial<LoaderLimits>
}

export interface LoaderLimits {
  /** Shortest and longest time from one batch of a partition to its next, in ms: longer the slower INSERTs are. */
  readonly minWindowMs: number
  readonly maxWindowMs: number
  /** Records of one batch. */
  readonly maxRows: number
  /** INSERTs at a time. */
  readonly inserts: number
}

export interface Loader {
  start(): void
  /** Lets what is under way finish, as far as that takes no more than some seconds. */
  stop(): Promise<void>
  stats(): LoaderStats[]
}

const LIMITS: LoaderLimits = { minWindowMs: 100, maxWindowMs: 250, maxRows: 50_000, inserts: 2 }
/** So many records behind, a partition waits for no window. */
const BEHIND = 5000
const LOOK_MS = 500
const QUIET_MS = 10_000

/** Moves events from Kafka to ClickHouse, each exactly once, together with all other loaders of the project. */
export function createLoader({ config, clickhouse, kafka, log, limits: given }: LoaderOptions): Loader {
  const limits = { ...LIMITS, ...given }
  const abort = new AbortController()
  const partitions = new Map<string, { readonly topic: string; readonly partition: Partition }>()
  const counters = new Map<string, Counters>()
  const seen = new Map<string, SeenTable>()
  const turn = createLimiter(limits.inserts)
  let running: Promise<void> | undefined
  let complaint = { message: '', at: 0 }

  async function run(): Promise<void> {
    let topics = ''
    let consumer: KafkaConsumer | undefined
    while (!abort.signal.aborted) {
      const current = config()
      const wanted = current ? topicsOf(current) : []
      if (wanted.join() !== topics) {
        await consumer?.stop()
        consumer = current && wanted.length > 0 ? consume(names.loaderGroup(current.project), wanted) : undefined
        topics = wanted.join()
      }
      await sleep(LOOK_MS, undefined, { signal: abort.signal }).catch(() => {})
    }
    await consumer?.stop()
  }

  function consume(group: string, topics: readonly string[]): KafkaConsumer {
    const consumer: KafkaConsumer = createKafkaConsumer(kafka, {
      group,
      topics,
      fromBeginning: true,
      onError: error => complain(error.message),
      onAssigned: assigned => {
        partitions.clear()
        for (const at of assigned) {
          const { topic, partition } = at
          const made = createPartition(at, {
            clickhouse,
            log,
            source: signal => source(topic, signal),
            ids: remembered,
            commit: (next, note) => consumer.commit(topic, partition, next, note),
            turn,
            counters: countersOf(topic),
            maxRows: limits.maxRows,
          })
          partitions.set(`${topic}/${partition}`, { topic, partition: made })
        }
      },
      onRevoked: () => partitions.clear(),
      onBatch: async (batch, signal) => {
        const { partition } = partitions.get(`${batch.topic}/${batch.partition}`)!
        const next = Date.now() + windowMs(batch.topic)
        await partition.take(batch, signal)
        // What comes until then is one batch.
        const wait = partition.lag().messages > BEHIND ? 0 : next - Date.now()
        if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => {})
      },
    })
    return consumer
  }

  /** The same trouble is told once in a while: a broker that is away is asked for several times a second. */
  function complain(message: string): void {
    if (message === complaint.message && Date.now() - complaint.at < QUIET_MS) return
    complaint = { message, at: Date.now() }
    log(message)
  }

  /** Partitions share ClickHouse: each leaves it as much time as they all need. */
  function windowMs(topic: string): number {
    const insertMs = countersOf(topic).insertMs.summary().p50 ?? 0
    return Math.min(limits.maxWindowMs, Math.max(limits.minWindowMs, insertMs * partitions.size))
  }

  async function source(topic: string, signal: AbortSignal): Promise<LoadedSource> {
    for (;;) {
      signal.throwIfAborted()
      const current = config()
      const found = current && sourceOf(current, topic)
      if (found) return found
      await sleep(LOOK_MS, undefined, { signal })
    }
  }

  function remembered({ source: { table, id, dedupMs } }: LoadedSource): SeenTable | undefined {
    if (dedupMs === undefined) return undefined
    const key = JSON.stringify([table, id, dedupMs])
    const found = seen.get(key) ?? new SeenTable(Math.ceil(dedupMs / 1000))
    seen.set(key, found)
    return found
  }

  function countersOf(topic: string): Counters {
    const current = config()
    const name = (current && sourceOf(current, topic)?.source.name) ?? topic
    const found = counters.get(name) ?? newCounters()
    counters.set(name, found)
    return found
  }

  return {
    start: () => {
      running ??= run()
    },
    stop: async () => {
      abort.abort()
      await running
    },
    stats: () =>
      (config()?.sources ?? []).map(({ name, topic }) => {
        const { rows, rejected, duplicates, insertMs } = countersOf(topic)
        const own = [...partitions.values()].filter(
          each => each.topic === topic || each.topic === names.deadLettersTopic(topic),
        )
        const lags = own.map(({ partition }) => partition.lag())
        const { n, p50, p99 } = insertMs.summary()
        return {
          source: name,
          rows,
          rejected,
          duplicates,
          inserts: n,
          insertMs: { p50, p99 },
          partitions: own.length,
          lagMessages: lags.reduce((sum, { messages }) => sum + messages, 0),
          lagMs: Math.max(0, ...lags.map(({ ms }) => ms)),
        }
      }),
  }
}
