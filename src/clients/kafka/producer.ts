import type { KafkaConnection } from './connection.js'
import type { Placed } from './delivery.js'
import { KafkaError } from './kafkaError.js'
import { partitionOf } from './murmur2.js'

/** One record to write; without a key and a partition, records of one call share a partition. `timestamp` in epoch ms. */
export interface KafkaRecord {
  readonly key?: Buffer
  readonly value: Buffer | null
  readonly partition?: number
  readonly timestamp?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes records: idempotent, acks=all, in order for each partition, batched with what else is waiting. */
export interface KafkaProducer {
  /**
   * Resolves when all of them are acknowledged. Throws KafkaError: refused, or not acknowledged within the time, in
   * which case some may be written nonetheless.
   */
  send(topic: string, records: readonly KafkaRecord[]): Promise<void>
  /** Waits for what is under way. */
  close(): Promise<void>
}

/** Below what a broker takes by default as one batch (1 MiB), with room for headers. */
const PARTITION_BYTES = 900_000
const REQUEST_BYTES = 8 * 1024 * 1024
/** What a record costs beside its bytes, at most. */
const OVERHEAD = 64

interface Call {
  readonly topic: string
  readonly deadline: number
  left: number
  readonly settle: (error?: Error) => void
}

type Waiting = Placed & { readonly call: Call; readonly bytes: number }

/** Producer for a cluster; connects with the first record. `timeoutMs`: how long a call may take (default 30 s). */
export function createKafkaProducer(
  connection: KafkaConnection,
  options: { readonly clientId?: string; readonly timeoutMs?: number } = {},
): KafkaProducer {
  const { clientId = 'rtdash-producer', timeoutMs = 30_000 } = options
  // The driver takes a while to load: who has no Kafka never does.
  const delivery = import('./delivery.js').then(({ createDelivery }) => createDelivery(connection, clientId))
  let queue: Waiting[] = []
  let running: Promise<void> | undefined
  let turn = 0
  let closed = false

  async function send(topic: string, records: readonly KafkaRecord[]): Promise<void> {
    if (closed) throw new KafkaError('CLOSED', 'the producer is closed', false)
    if (records.length === 0) return
    const deadline = Date.now() + timeoutMs
    const count = await partitions(topic, deadline)
    const shared = turn++ % count
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => (error ? reject(error) : resolve())
      const call = { topic, deadline, left: records.length, settle }
      for (const record of records) {
        const partition = record.partition ?? (record.key ? partitionOf(record.key, count) : shared)
        const bytes = OVERHEAD + (record.key?.length ?? 0) + (record.value?.length ?? 0)
        queue.push(waiting(record, topic, partition, call, bytes))
      }
      running ??= run()
    })
  }

  async function partitions(topic: string, deadline: number): Promise<number> {
    for (;;) {
      try {
        return await (await delivery).partitions(topic)
      } catch (error) {
        if (!(error instanceof KafkaError && error.retryable) || closed || Date.now() > deadline) throw error
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    }
  }

  async function run(): Promise<void> {
    // Calls of the same turn of the event loop go out together.
    await new Promise(resolve => setImmediate(resolve))
    while (queue.length > 0) {
      await deliver(take())
    }
    running = undefined
  }

  /** The front of the queue as far as it fits: order is kept, and no partition gets more than a broker takes. */
  function take(): Waiting[] {
    const sizes = new Map<string, number[]>()
    let total = 0
    let size = 0
    for (const { topic, partition, bytes } of queue) {
      const own = sizes.get(topic) ?? []
      if (own.length === 0) sizes.set(topic, own)
      const sum = (own[partition] ?? 0) + bytes
      total += bytes
      if (size > 0 && (sum > PARTITION_BYTES || total > REQUEST_BYTES)) break
      own[partition] = sum
      size++
    }
    const batch = queue.slice(0, size)
    queue = queue.slice(size)
    return batch
  }

  async function deliver(batch: readonly Waiting[]): Promise<void> {
    const failed = await (await delivery).deliver(batch, Math.max(...batch.map(({ call }) => call.deadline)))
    const left = new Set(failed?.records)
    for (const record of batch) if (!left.has(record) && --record.call.left === 0) record.call.settle()
    if (!failed) return
    const calls = new Set(failed.records.map(({ call }) => call))
    if (calls.size > 1 && !failed.error.retryable) {
      // One call's record is to blame, and the others need not suffer for it.
      for (const call of calls) await deliver(failed.records.filter(record => record.call === call))
      return
    }
    for (const call of calls) call.settle(failed.error)
    // The rest of a failed call is not worth writing.
    queue = queue.filter(({ call }) => !calls.has(call))
  }

  return {
    send,
    close: async () => {
      closed = true
      await running
      await (await delivery).close()
    },
  }
}

/** As the driver takes it: it writes a null value as it is, although its types know it only as absent. */
function waiting(record: KafkaRecord, topic: string, partition: number, call: Call, bytes: number): Waiting {
  const { key, value, timestamp, headers } = record
  const time = timestamp === undefined ? undefined : BigInt(Math.trunc(timestamp))
  const named = headers === undefined ? undefined : headersOf(headers)
  return { topic, partition, key, value, timestamp: time, headers: named, call, bytes } as Waiting
}

const headersOf = (headers: Readonly<Record<string, string>>): Map<Buffer, Buffer> =>
  new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]))
