import { hash64 } from '../ingest/hash.js'

/**
 * A batch that is about to be inserted: offsets `from` to `to` of a partition, decided at `at` (epoch ms). It is
 * committed beside the offset `from` before the INSERT is sent, so that whoever has the partition next sends the very
 * same batch again, under the same token: an INSERT of the loader before that arrives late is then a duplicate.
 */
export interface Intent {
  readonly from: bigint
  readonly to: bigint
  readonly at: number
}

/** The note beside a committed offset. */
export const noteOf = ({ to, at }: Intent): string => `to ${to} at ${at}`

/** Undefined where nothing was under way. */
export function intentOf(from: bigint, note: string): Intent | undefined {
  const [, to, at] = /^to (\d+) at (\d+)$/.exec(note) ?? []
  return to === undefined ? undefined : { from, to: BigInt(to), at: Number(at) }
}

/** The time tells a topic from one of the same name that was deleted: its offsets begin anew. */
export const tokenOf = (topic: string, partition: number, { from, to, at }: Intent): string =>
  `${topic}/${partition}/${from}-${to}@${at}`

/** What `_batch` holds in each row of a batch. */
export const batchId = (token: string): bigint => hash64(token)
