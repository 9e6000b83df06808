import { Admin } from '@platformatic/kafka'
import type { KafkaConnection } from './connection.js'
import { toKafkaError } from './error.js'
import { LATEST, offsetsAt } from './offsets.js'
import { driverOptions } from './options.js'

/** Partition → the offsets of what was written in `[from, to)`, epoch ms: the first of it, and the first after it. */
export async function offsetsBetween(
  connection: KafkaConnection,
  topic: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Map<number, { readonly start: bigint; readonly end: bigint }>> {
  const admin = new Admin({ ...driverOptions(connection, 'rtdash-offsets'), retries: 3, retryDelay: 200 })
  admin.on('error', () => {})
  try {
    const [starts, ends, latest] = [
      await offsetsAt(admin, topic, BigInt(Math.trunc(from))),
      await offsetsAt(admin, topic, BigInt(Math.trunc(to))),
      await offsetsAt(admin, topic, LATEST),
    ]
    // -1: there is nothing of that time or later.
    const known = (offset: bigint | undefined, last: bigint): bigint =>
      offset === undefined || offset < 0n ? last : offset
    return new Map(
      [...latest].map(([partition, last]) => [
        partition,
        { start: known(starts.get(partition), last), end: known(ends.get(partition), last) },
      ]),
    )
  } catch (error) {
    throw toKafkaError(error, `reading offsets of ${topic}`)
  } finally {
    await admin.close().catch(() => {})
  }
}
