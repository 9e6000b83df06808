import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import { KafkaError } from '../../clients/kafka/kafkaError.js'
import type { KafkaProducer, KafkaRecord } from '../../clients/kafka/producer.js'
import { type Batch, BatchRefused, type Insert, type Sink } from './batch.js'
import { readDeadRecords } from './deadRecord.js'
import { HEADER, headerText, readRecords, recordHeader } from './records.js'

export interface KafkaSinkOptions {
  /** One that never gives up: sent again by it, a record is written once; sent again by another, it would be twice. */
  readonly producer: KafkaProducer
  readonly signal: AbortSignal
  readonly onTrouble: (sinceMs: number) => void
  readonly onInsert?: (ms: number) => void
}

/** Longer than Kafka takes when it is well. */
const SLOW_MS = 1000

/** Writes batches to topics. Each record names its batch and its number there, so that it is found again. */
export function createKafkaSink(options: KafkaSinkOptions): Sink & {
  /** Writes what is not there yet; `there` holds the numbers of the records that are, by topic. */
  complete(batch: Batch, there: (topic: string) => ReadonlySet<number>): Promise<void>
} {
  const { producer, signal, onTrouble, onInsert } = options

  async function send(sets: readonly { topic: string; records: readonly KafkaRecord[] }[]): Promise<void> {
    signal.throwIfAborted()
    const started = Date.now()
    const watch = setInterval(() => {
      if (Date.now() - started > SLOW_MS) onTrouble(Date.now() - started)
    }, SLOW_MS / 4)
    const sent = Promise.all(sets.map(({ topic, records }) => producer.send(topic, records)))
    const stopped = new AbortController()
    try {
      await Promise.race([sent, aborted(AbortSignal.any([signal, stopped.signal]))])
      onInsert?.(Date.now() - started)
    } catch (error) {
      if (!(error instanceof KafkaError) || error.type === 'CLOSED') throw error
      throw new BatchRefused(error.message, { cause: error })
    } finally {
      clearInterval(watch)
      stopped.abort()
    }
  }

  return {
    write: batch => send(batch.inserts.map(insert => ({ topic: insert.table, records: recordsOf(batch, insert) }))),
    complete: (batch, there) =>
      send(
        batch.inserts.map(insert => {
          const known = there(insert.table)
          return { topic: insert.table, records: recordsOf(batch, insert).filter((_, row) => !known.has(row)) }
        }),
      ),
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

function recordsOf(batch: Batch, { kind, rows }: Insert): KafkaRecord[] {
  const records = kind === 'raw' ? readRecords(rows) : readDeadRecords(rows)
  return records.map(({ key, value, requestKey }, row) => ({
    ...(key && { key }),
    value,
    headers: { [HEADER]: headerText(batch.id, row, requestKey) },
  }))
}

/** Records are as old as their batch, but for what the clocks differ. */
const CLOCKS_MS = 60_000
/** What a process that was killed had sent is in the log by then, or nowhere. */
const LANDED_MS = 1000

/** Finds which records of batches are in the topics already. */
export async function findBatches(
  kafka: KafkaConnection,
  batches: readonly Batch[],
  signal: AbortSignal,
): Promise<(batch: Batch, topic: string) => ReadonlySet<number>> {
  const found = new Map<string, Set<number>>()
  const since = Math.min(...batches.map(({ createdAt }) => createdAt)) - CLOCKS_MS
  const wanted = new Set(batches.map(({ id }) => id.toString(36)))
  const { readTail } = await import('../../clients/kafka/tail.js')
  await sleep(LANDED_MS, undefined, { signal })
  for (const topic of new Set(batches.flatMap(({ inserts }) => inserts.map(({ table }) => table)))) {
    const take = ({ headers }: FetchedRecord) => {
      const header = recordHeader(headers)
      if (!header || !wanted.has(header.batch)) return
      const key = `${topic} ${header.batch}`
      const rows = found.get(key) ?? new Set()
      rows.add(header.row)
      found.set(key, rows)
    }
    await readTail(kafka, topic, { since }, take, signal)
  }
  return ({ id }, topic) => found.get(`${topic} ${id.toString(36)}`) ?? new Set()
}
