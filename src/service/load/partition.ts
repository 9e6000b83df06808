import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { AssignedPartition, KafkaBatch } from '../../clients/kafka/consumer.js'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import { BatchRefused, createBatch } from '../ingest/batch.js'
import { createClickHouseSink } from '../ingest/clickhouseSink.js'
import type { SeenTable } from '../ingest/seenTable.js'
import type { Limiter } from '../publish/limiter.js'
import { decodeBatch } from './decodeBatch.js'
import { type Intent, intentOf, noteOf, tokenOf } from './intent.js'
import { type LoadedSource, letterPlaceColumns } from './source.js'
import type { Counters } from './stats.js'
import { newestStored, refillPartition, storedOffsets } from './stored.js'

export interface PartitionOptions {
  readonly clickhouse: ClickHouse
  readonly log: (message: string) => void
  /** The source as configured now; waits until there is one. */
  readonly source: (signal: AbortSignal) => Promise<LoadedSource>
  readonly ids: (loaded: LoadedSource) => SeenTable | undefined
  readonly commit: (next: bigint, note: string) => Promise<void>
  /** INSERTs of all partitions take turns. */
  readonly turn: Limiter
  readonly counters: Counters
  readonly maxRows: number
}

export interface Partition {
  /** Stores a batch that the consumer hands over. A rejection has it come again. */
  take(batch: KafkaBatch, signal: AbortSignal): Promise<void>
  /** Records not yet stored and how long the oldest of them has waited in ms, as far as is known here. */
  lag(): { readonly messages: number; readonly ms: number }
}

interface Pending extends Intent {
  committed: boolean
}

const SLOWEST = 5000

/** One partition for as long as it is assigned: batch after batch, each decided in Kafka before ClickHouse gets it. */
export function createPartition(at: AssignedPartition, options: PartitionOptions): Partition {
  const { clickhouse, log, counters } = options
  const { topic, partition, committed } = at
  const name = `${topic}/${partition}`
  let position = committed?.offset ?? 0n
  let known = committed !== undefined
  const begun = committed && intentOf(committed.offset, committed.note)
  let pending: Pending | undefined = begun && { ...begun, committed: true }
  /** Whether INSERTs of `pending` may have been sent. */
  let again = pending !== undefined
  let gathered: FetchedRecord[] = []
  let checked = false
  let refilled = false
  let end = 0n
  let oldest: number | undefined

  async function take(batch: KafkaBatch, signal: AbortSignal): Promise<void> {
    end = batch.highWatermark
    notice(batch)
    const first = batch.records[0]!.offset
    let records = batch.records.filter(({ offset }) => offset >= position)
    gathered = gathered.filter(({ offset }) => offset < first)
    if (pending) {
      const { to } = pending
      const got = [...gathered, ...records.filter(({ offset }) => offset <= to)]
      const past = records.some(({ offset }) => offset > to) || got.at(-1)?.offset === to
      if (!past && end > to) {
        gathered = got
        return
      }
      if (got.length > 0) await store(pending, got, signal)
      else log(`${name}: the batch ${pending.from}-${to} is not in the topic any more, and is not sent again`)
      settle()
      records = records.filter(({ offset }) => offset > to)
    }
    if (!checked) {
      const next = await afterStored(signal)
      if (next > position) log(`${name}: ${position} to ${next - 1n} are in the table already, and are left out`)
      if (next > position) position = next
      checked = true
      records = records.filter(({ offset }) => offset >= position)
    }
    for (let from = 0; from < records.length; from += options.maxRows) {
      const part = records.slice(from, from + options.maxRows)
      oldest = part[0]!.timestamp
      pending = { from: position, to: part.at(-1)!.offset, at: Date.now(), committed: false }
      await store(pending, part, signal)
      settle()
    }
    if (position >= end) {
      oldest = undefined
      await options.commit(position, '')
    }
  }

  /** Offsets that jump: what was kept too short is lost, and a topic made anew begins anew. */
  function notice({ records, highWatermark }: KafkaBatch): void {
    const first = records[0]!.offset
    if (highWatermark < position) {
      log(
        `${name}: the topic ends at ${highWatermark}, before ${position}: it was made anew, and is read from ${first}`,
      )
      pending = undefined
      position = first
      checked = true
    } else if (first > position && !pending && gathered.length === 0) {
      if (known) log(`${name}: ${position} to ${first - 1n} are not in the topic any more`)
      position = first
    }
    known = true
  }

  function settle(): void {
    position = pending!.to + 1n
    pending = undefined
    again = false
    gathered = []
  }

  /** Until it is stored: whatever fails is tried again, unless the partition is taken away. */
  async function store(intent: Pending, records: readonly FetchedRecord[], signal: AbortSignal): Promise<void> {
    if (!intent.committed) {
      signal.throwIfAborted()
      await options.commit(intent.from, noteOf(intent))
      intent.committed = true
    }
    await options.turn(async () => {
      for (let pause = 100; ; pause = Math.min(pause * 2, SLOWEST)) {
        signal.throwIfAborted()
        try {
          return await insert(intent, records, signal)
        } catch (error) {
          signal.throwIfAborted()
          log(`${name}: ${(error as Error).message}; trying again`)
          await sleep(pause, undefined, { signal })
        }
      }
    })
  }

  async function insert(intent: Intent, records: readonly FetchedRecord[], signal: AbortSignal): Promise<void> {
    const loaded = await options.source(signal)
    const ids = options.ids(loaded)
    if (ids && !refilled && !loaded.letters) await refillPartition(clickhouse, loaded, topic, partition, ids)
    refilled = true
    const token = tokenOf(topic, partition, intent)
    const resend = again
    const stored = resend ? await storedOffsets(clickhouse, loaded, token, intent.at, signal) : undefined
    const { events, duplicates, release } = decodeBatch(loaded, at, records, ids, stored)
    const { source, database, rawColumns } = loaded
    const { table, deadLetters } = source
    const batch = createBatch(
      [
        { database, table, kind: 'raw', columns: rawColumns, rows: events.rawRows() },
        { database, table: deadLetters, kind: 'dead', columns: letterPlaceColumns, rows: events.deadRows() },
      ],
      intent.at,
      token,
    )
    const sink = createClickHouseSink({
      clickhouse,
      log: message => log(`${name}: ${message}`),
      signal,
      onTrouble: () => {},
      onInsert: ms => counters.insertMs.add(ms),
    })
    again = true
    try {
      await (resend ? sink.resend(batch) : sink.write(batch))
    } catch (error) {
      release()
      if (error instanceof BatchRefused)
        throw new Error(`ClickHouse refuses a batch: ${error.message}`, { cause: error })
      throw error
    }
    counters.rows += events.starts.length
    counters.rejected += loaded.letters ? 0 : events.deadStarts.length
    counters.duplicates += duplicates
  }

  /** The offset after all that is stored: beyond what is committed only where offsets were set back. */
  async function afterStored(signal: AbortSignal): Promise<bigint> {
    for (let pause = 100; ; pause = Math.min(pause * 2, SLOWEST)) {
      try {
        const loaded = await options.source(signal)
        const newest = await newestStored(clickhouse, loaded, topic, partition, position)
        return newest !== undefined && newest < end ? newest + 1n : position
      } catch (error) {
        signal.throwIfAborted()
        log(`${name}: ${(error as Error).message}; trying again`)
        await sleep(pause, undefined, { signal })
      }
    }
  }

  return {
    take,
    lag: () => ({
      messages: Number(end > position ? end - position : 0n),
      ms: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest),
    }),
  }
}
