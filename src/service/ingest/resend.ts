import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { KafkaProducer } from '../../clients/kafka/producer.js'
import { type Batch, BatchRefused } from './batch.js'
import { createClickHouseSink } from './clickhouseSink.js'
import { createKafkaSink, findBatches } from './kafkaSink.js'
import type { Spool } from './spool.js'

export interface ResendOptions {
  readonly clickhouse: ClickHouse
  readonly kafka: { readonly connection: KafkaConnection; readonly producer: KafkaProducer } | undefined
  readonly spool: Spool
  readonly log: (message: string) => void
  readonly signal: AbortSignal
}

/** Sends the batches that an earlier process had under way, each under its own token: what was stored is not stored twice. */
export async function resendSpool(options: ResendOptions): Promise<void> {
  const { spool, log } = options
  const left = await spool.left()
  const send = await sender(options, left)
  for (const batch of left) {
    try {
      await send(batch)
      await spool.remove(batch)
    } catch (error) {
      if (!(error instanceof BatchRefused)) throw error
      log(`a batch of an earlier run was refused and is kept in ${await spool.setAside(batch)}: ${error.message}`)
    }
  }
}

/** Each goes where it was going: records have no database. */
async function sender(
  { clickhouse, kafka, log, signal }: ResendOptions,
  left: readonly Batch[],
): Promise<(batch: Batch) => Promise<void>> {
  const rows = createClickHouseSink({ clickhouse, log, signal, onTrouble: () => {} })
  const forKafka = left.filter(isRecords)
  if (forKafka.length === 0) return rows.resend
  if (!kafka) throw new Error(`${forKafka.length} batches for Kafka are left, and no Kafka is set up`)
  const records = createKafkaSink({ producer: kafka.producer, signal, onTrouble: () => {} })
  const there = await findBatches(kafka.connection, forKafka, signal)
  return batch => (isRecords(batch) ? records.complete(batch, topic => there(batch, topic)) : rows.resend(batch))
}

const isRecords = ({ inserts }: Batch): boolean => inserts.every(({ database }) => database === '')
