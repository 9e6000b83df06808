import { Admin, Base } from '@platformatic/kafka'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import type { FetchedRecord } from './fetched.js'
import { createFetcher, type Reading } from './fetcher.js'
import { LATEST, offsetsAt } from './offsets.js'
import { driverOptions } from './options.js'

/** Where to begin: the first record of that time (epoch ms) or later; offsets by partition go before it. */
export interface TailStart {
  readonly since: number
  readonly offsets?: ReadonlyMap<number, bigint>
}

/** Without news for so long it is given up. */
const PATIENCE_MS = 15_000

/** Reads a topic from somewhere to where it ends now, all partitions, without a group. Throws KafkaError. */
export async function readTail(
  connection: KafkaConnection,
  topic: string,
  start: TailStart,
  take: (record: FetchedRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new Base({ ...driverOptions(connection, 'rtdash-tail'), retries: 1, retryDelay: 100 })
  const admin = new Admin({ ...driverOptions(connection, 'rtdash-tail'), retries: 1, retryDelay: 100 })
  for (const each of [client, admin]) each.on('error', () => {})
  let trouble: Error | undefined
  const fetcher = createFetcher(connection, client, {
    fromBeginning: true,
    onError: error => {
      trouble = error
    },
  })

  try {
    const [starts, ends] = [
      await offsetsAt(admin, topic, BigInt(Math.trunc(start.since))),
      await offsetsAt(admin, topic, LATEST),
    ]
    const readings = [...ends].flatMap(([partition, end]): Reading[] => {
      const at = starts.get(partition) ?? -1n
      const position = start.offsets?.get(partition) ?? (at < 0n ? end : at)
      const empty = { buffer: [], bytes: 0, highWatermark: end, paused: false, notBefore: 0, epoch: 0 }
      return position < end ? [{ topic, partition, position, ...empty }] : []
    })
    if (readings.length === 0) return
    const done = new AbortController()
    const giveUp = () => done.abort()
    let timer = setTimeout(giveUp, PATIENCE_MS)
    signal.addEventListener('abort', giveUp, { once: true })
    const left = () => readings.some(({ partition, position }) => position < ends.get(partition)!)
    await fetcher.run(readings, done.signal, reading => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, PATIENCE_MS)
      const { buffer } = reading
      reading.buffer = []
      reading.bytes = 0
      for (const record of buffer) if (record.offset < ends.get(reading.partition)!) take(record)
      if (!left()) done.abort()
    })
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    signal.throwIfAborted()
    if (left()) throw trouble ?? new Error(`the end of ${topic} was not reached`)
  } catch (error) {
    throw toKafkaError(error, `reading ${topic}`)
  } finally {
    await Promise.allSettled([fetcher.close(), client.close(), admin.close()])
  }
}
