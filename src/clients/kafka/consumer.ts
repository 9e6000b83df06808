import { Base } from '@platformatic/kafka'
import type { TopicPartition } from './assignment.js'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import type { FetchedRecord } from './fetched.js'
import { createFetcher, type Reading } from './fetcher.js'
import { type Committed, createGroupMember } from './group.js'
import { KafkaError } from './kafkaError.js'
import { driverOptions } from './options.js'

/** Consecutive records of one partition (gaps only where a topic is compacted, or a transaction was rolled back). */
export interface KafkaBatch extends TopicPartition {
  readonly records: readonly FetchedRecord[]
  /** The offset that the partition's next record will get, as of the newest answer. */
  readonly highWatermark: bigint
}

/** A partition with what the group has committed of it, if anything. */
export interface AssignedPartition extends TopicPartition {
  readonly committed: Committed | undefined
}

export interface ConsumerOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Where to begin without a committed offset. */
  readonly fromBeginning: boolean
  /**
   * A name that stays over restarts: the process that has it takes the place of the one before at once, instead of
   * waiting 10 s until that one counts as gone. Of two at a time the older one reads nothing more, and says so.
   */
  readonly instanceId?: string
  /**
   * One batch of a partition at a time, partitions side by side. The signal says that the partition is being taken
   * away: finish soon (within 25 s another may have it), or give up. A rejection has the batch come again, after a
   * while and perhaps with other bounds.
   */
  onBatch(batch: KafkaBatch, signal: AbortSignal): Promise<void>
  /** Before anything is read of them: the place for a `seek`. A rejection has them assigned again. */
  onAssigned?(partitions: readonly AssignedPartition[]): Promise<void> | void
  /** When nothing of them is under way any more, and before another can get them. */
  onRevoked?(partitions: readonly TopicPartition[]): Promise<void> | void
  /** Trouble that the consumer deals with by itself: it goes on. */
  onError?(error: KafkaError): void
}

/** A member of a consumer group. Offsets are committed only by hand. */
export interface KafkaConsumer {
  /** Throws KafkaError where the partition is no longer ours, among others. `note` is kept beside the offset. */
  commit(topic: string, partition: number, nextOffset: bigint, note?: string): Promise<void>
  /** Goes on from there; what was read and not yet handed out is dropped. Only for partitions that are assigned. */
  seek(topic: string, partition: number, offset: bigint): void
  pause(topic: string, partition: number): void
  resume(topic: string, partition: number): void
  /** Waits for batches under way, then leaves the group. */
  stop(): Promise<void>
}

const SLOWEST_RETRY_MS = 5_000

/** Starts reading; it joins the group by itself, and again after any trouble. */
export function createKafkaConsumer(connection: KafkaConnection, options: ConsumerOptions): KafkaConsumer {
  const report = (error: KafkaError) => options.onError?.(error)
  const client = new Base({ ...driverOptions(connection, 'rtdash-consumer'), retries: 1, retryDelay: 100 })
  client.on('error', () => {})
  const member = createGroupMember(connection, client, options)
  const fetcher = createFetcher(connection, client, { fromBeginning: options.fromBeginning, onError: report })
  const readings = new Map<string, Reading>()
  const working = new Map<Reading, Promise<void>>()
  const stopping = new AbortController()
  let handOut = (_: Reading) => {}
  const stopped = new Promise<string>(resolve =>
    stopping.signal.addEventListener('abort', () => resolve('stopped'), { once: true }),
  )

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        await membership()
        failures = 0
      } catch (error) {
        report(toKafkaError(error, `group ${options.group}`))
        const wait = Math.min(SLOWEST_RETRY_MS, 100 * 2 ** failures++)
        await Promise.race([new Promise(resolve => setTimeout(resolve, wait)), stopped])
      }
    }
  }

  /** From joining until the partitions are taken away again. */
  async function membership(): Promise<void> {
    const { partitions, lost, end } = await member.join()
    const taken = new AbortController()
    let reading: Promise<void> | undefined
    let told = false
    try {
      const committed = await start(partitions)
      await options.onAssigned?.(
        partitions.map(at => ({ ...at, committed: committed.get(id(at.topic, at.partition)) })),
      )
      told = true
      handOut = one => work(one, taken.signal)
      reading = fetcher.run([...readings.values()], taken.signal, handOut)
      await Promise.race([lost, stopped])
    } finally {
      taken.abort()
      await reading
      while (working.size > 0) await Promise.all(working.values())
      readings.clear()
      if (told) await options.onRevoked?.(partitions)
      end()
    }
  }

  async function start(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Committed>> {
    const committed = partitions.length > 0 ? await member.committed(partitions) : new Map<string, Committed>()
    for (const { topic, partition } of partitions) {
      const edge = options.fromBeginning ? 'start' : 'end'
      const position = committed.get(id(topic, partition))?.offset ?? (await fetcher.edge({ topic, partition }, edge))
      const empty = { buffer: [], bytes: 0, highWatermark: position, paused: false, notBefore: 0, epoch: 0 }
      readings.set(id(topic, partition), { topic, partition, position, ...empty })
    }
    return committed
  }

  /** Hands out what has been read of a partition, as one batch, unless one is under way. */
  function work(reading: Reading, signal: AbortSignal): void {
    if (working.has(reading) || reading.paused || reading.buffer.length === 0 || signal.aborted) return
    const { topic, partition, buffer: records, highWatermark, epoch } = reading
    reading.buffer = []
    reading.bytes = 0
    fetcher.wake()
    const done = options
      .onBatch({ topic, partition, records, highWatermark }, signal)
      .catch(error => {
        if (!signal.aborted) report(toKafkaError(error, `batch of ${topic}/${partition}`))
        if (reading.epoch === epoch) jump(reading, records[0]!.offset)
        reading.notBefore = Date.now() + 500
      })
      .finally(() => {
        working.delete(reading)
        work(reading, signal)
      })
    working.set(reading, done)
  }

  function jump(reading: Reading, offset: bigint): void {
    reading.epoch++
    reading.position = offset
    reading.buffer = []
    reading.bytes = 0
    fetcher.wake()
  }

  function readingOf(topic: string, partition: number): Reading {
    const reading = readings.get(id(topic, partition))
    if (!reading) throw new KafkaError('NOT_ASSIGNED', `${topic}/${partition} is not assigned to this consumer`, false)
    return reading
  }

  const running = run()
  return {
    commit: (topic, partition, nextOffset, note = '') => member.commit({ topic, partition }, nextOffset, note),
    seek: (topic, partition, offset) => jump(readingOf(topic, partition), offset),
    pause: (topic, partition) => {
      readingOf(topic, partition).paused = true
    },
    resume: (topic, partition) => {
      const reading = readingOf(topic, partition)
      reading.paused = false
      handOut(reading)
      fetcher.wake()
    },
    stop: async () => {
      stopping.abort()
      await running
      await member.leave()
      await Promise.all([fetcher.close(), client.close()])
    },
  }
}

const id = (topic: string, partition: number): string => `${topic}:${partition}`
