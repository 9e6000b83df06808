import type { fetchV13, RecordsBatch } from '@platformatic/kafka'

/** A record as it was read; `timestamp` in epoch ms. */
export interface FetchedRecord {
  readonly offset: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: number
  readonly headers: Headers
}

/** Names and values as they came: most readers look at none, and a Map for each record costs more than the rest of it. */
export type Headers = readonly (readonly [Buffer | null, Buffer | null])[]

export interface Fetched {
  readonly records: readonly FetchedRecord[]
  /** Where to read on: past compacted, aborted and control records as well. */
  readonly next: bigint
  readonly bytes: number
}

const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** The records of one partition's answer from an offset on, without those of transactions that were rolled back. */
export function decode(
  { records: batches = [], abortedTransactions }: fetchV13.FetchResponsePartition,
  from: bigint,
): Fetched {
  const aborted = [...(abortedTransactions ?? [])].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const rolledBack = new Set<bigint>()
  const records: FetchedRecord[] = []
  let next = from
  let bytes = 0
  for (const batch of batches) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    bytes += batch.length
    if (last + 1n > next) next = last + 1n
    while (aborted[0] && aborted[0].firstOffset <= last) rolledBack.add(aborted.shift()!.producerId)
    if (batch.attributes & CONTROL) rolledBack.delete(batch.producerId)
    else if (!(batch.attributes & TRANSACTIONAL && rolledBack.has(batch.producerId))) append(records, batch, from)
  }
  return { records, next, bytes }
}

function append(records: FetchedRecord[], batch: RecordsBatch, from: bigint): void {
  const appendTime = batch.attributes & LOG_APPEND_TIME ? Number(batch.maxTimestamp) : undefined
  const first = Number(batch.firstTimestamp)
  for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
    const offset = batch.firstOffset + BigInt(offsetDelta)
    // A batch comes as a whole, even if asked for from its middle.
    if (offset < from) continue
    const timestamp = appendTime ?? first + Number(timestampDelta)
    records.push({ offset, key, value, timestamp, headers })
  }
}
