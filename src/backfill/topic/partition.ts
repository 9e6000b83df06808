import type { ClickHouse } from '../../clients/clickhouse.js'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import type { Committed } from '../../clients/kafka/group.js'
import { createBatch } from '../../service/ingest/batch.js'
import { createClickHouseSink } from '../../service/ingest/clickhouseSink.js'
import { decodeBatch } from '../../service/load/decodeBatch.js'
import { type Intent, intentOf, noteOf, tokenOf } from '../../service/load/intent.js'
import { type LoadedSource, letterPlaceColumns } from '../../service/load/source.js'
import { storedOffsets } from '../../service/load/stored.js'
import { knownIds, missingRecords } from './missing.js'

/** Counts of records. */
export interface Replayed {
  read: number
  stored: number
  rejected: number
  duplicates: number
}

export interface ReplayOptions {
  readonly clickhouse: ClickHouse
  readonly loaded: LoadedSource
  readonly place: { readonly topic: string; readonly partition: number }
  /** Offsets `[start, end)`. */
  readonly start: bigint
  readonly end: bigint
  readonly committed: Committed | undefined
  readonly commit: (next: bigint, note: string) => Promise<void>
  readonly counts: Replayed
  readonly log: (text: string) => void
}

export interface PartitionReplay {
  /** Stores what raw lacks of these records, which follow on each other. */
  take(records: readonly FetchedRecord[], signal: AbortSignal): Promise<void>
  done(): boolean
}

/**
 * One partition of a replay. As in the loader each batch is decided in Kafka before ClickHouse gets it: after a crash the
 * very same rows are sent again under the same token, which also completes a view that had failed.
 */
export function createPartitionReplay(options: ReplayOptions): PartitionReplay {
  const { clickhouse, loaded, place, start, end, committed, commit, counts, log } = options
  const resumes = committed !== undefined && committed.offset >= start && committed.offset <= end
  let position = resumes ? committed.offset : start
  let pending = resumes ? intentOf(committed.offset, committed.note) : undefined
  /** What has come of the pending batch. */
  const gathered: FetchedRecord[] = []

  async function take(batch: readonly FetchedRecord[], signal: AbortSignal): Promise<void> {
    let records = batch.filter(({ offset }) => offset >= position && offset < end)
    if (pending) {
      const { to } = pending
      gathered.push(...records.filter(({ offset }) => offset <= to))
      const whole = gathered.at(-1)?.offset === to || batch.some(({ offset }) => offset > to)
      if (!whole) return
      if (gathered.length > 0) await store(pending, gathered, true, signal)
      pending = undefined
      records = records.filter(({ offset }) => offset > to)
    }
    if (records.length > 0) {
      const intent = { from: position, to: records.at(-1)!.offset, at: Date.now() }
      await commit(intent.from, noteOf(intent))
      await store(intent, records, false, signal)
    }
    const last = batch.at(-1)
    if (last && last.offset >= end) position = end
  }

  async function store(
    intent: Intent,
    records: readonly FetchedRecord[],
    again: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const token = `backfill/${tokenOf(place.topic, place.partition, intent)}`
    const before = again ? await storedOffsets(clickhouse, loaded, token, intent.at, signal) : undefined
    const missing = before ? records : await missingRecords(clickhouse, loaded, place, records)
    if (missing.length > 0) {
      const ids = before ? undefined : await knownIds(clickhouse, loaded, missing)
      const { events, duplicates } = decodeBatch(loaded, place, missing, ids, before)
      const { source, database, rawColumns } = loaded
      const sink = createClickHouseSink({ clickhouse, log, signal, onTrouble: () => {} })
      const inserts = createBatch(
        [
          { database, table: source.table, kind: 'raw', columns: rawColumns, rows: events.rawRows() },
          { database, table: source.deadLetters, kind: 'dead', columns: letterPlaceColumns, rows: events.deadRows() },
        ],
        intent.at,
        token,
      )
      await (again ? sink.resend(inserts) : sink.write(inserts))
      counts.stored += events.starts.length
      counts.rejected += events.deadStarts.length
      counts.duplicates += before ? 0 : duplicates
    }
    counts.read += records.length
    position = intent.to + 1n
    await commit(position, '')
  }

  return { take, done: () => position >= end }
}
