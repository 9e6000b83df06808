import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse, ClickHouseError, Settings } from '../../clients/clickhouse.js'
import { isHeld } from '../../clients/clickhouseError.js'
import { rawColumns } from '../../naming.js'
import { id, qualified } from '../../targets/clickhouse/text.js'
import { type Batch, BatchRefused, type Insert, type RowColumn, type Sink, withPrefix } from './batch.js'
import { insertEnded } from './insertEnded.js'
import { RowWriter } from './rowWriter.js'

export interface SinkOptions {
  readonly clickhouse: ClickHouse
  readonly log: (message: string) => void
  /** Ends retries: write() then rejects with the signal's reason, and the batch stays in the spool. */
  readonly signal: AbortSignal
  /** A batch has failed once more; the time since its first failure in ms. */
  readonly onTrouble: (sinceMs: number, error: Error) => void
  readonly onInsert?: (ms: number) => void
}

/** Codes with which ClickHouse refuses an INSERT before it reads a row: table, database or column unknown, another type, no access. */
const REFUSED: ReadonlySet<number> = new Set([16, 47, 60, 81, 117, 497, 516])
const FORMAT = 'RowBinaryWithNamesAndTypes'
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 2000
/** An apply lets nothing in for a fraction of a second; nothing of the batch is stored. */
const HELD_PAUSE = 20
const DAY = 86_400_000

const tableName = ({ database, table }: Insert): string => qualified(database, table)

/**
 * Writes batches into ClickHouse, each under its token, again and again until it is acknowledged. `resend` says that an
 * earlier process may have sent the batch already.
 */
export function createClickHouseSink(options: SinkOptions): Sink & { resend(batch: Batch): Promise<void> } {
  const { clickhouse, log, signal, onTrouble, onInsert } = options

  async function send(batch: Batch, insert: Insert, mayBeThere: boolean, refusable: boolean): Promise<void> {
    let unknown = mayBeThere
    let stored = false
    let failingSince = 0
    for (let pause = FIRST_PAUSE; ; ) {
      signal.throwIfAborted()
      try {
        const before = unknown ? await ingestedAt(batch, insert) : undefined
        stored = before !== undefined
        await put(batch, insert, before)
        return
      } catch (error) {
        const failure = error as ClickHouseError
        if (refusable && !stored && REFUSED.has(failure.code)) throw new BatchRefused(failure.message, { cause: error })
        failingSince ||= Date.now()
        onTrouble(Date.now() - failingSince, failure)
        if (isHeld(failure)) {
          await sleep(HELD_PAUSE, undefined, { signal })
          continue
        }
        unknown = true
        log(`insert into ${insert.table} failed and will be sent again: ${failure.message}`)
        await sleep(pause, undefined, { signal })
        pause = Math.min(pause * 2, LONGEST_PAUSE)
      }
    }
  }

  /** One attempt. `before` is the time under which the batch is there already: sent again, it heals views that failed. */
  async function put(batch: Batch, insert: Insert, before: bigint | undefined): Promise<void> {
    // Dead letters feed no view: what is there is whole.
    if (before !== undefined && insert.kind === 'dead') return
    const { columns, rows } = before === undefined ? insert : underTime(insert, before)
    const started = Date.now()
    const list = columns.map(({ name }) => id(name)).join(', ')
    const body = Buffer.concat([header(columns), rows.bytes])
    await clickhouse.insert(`${tableName(insert)} (${list})`, body, FORMAT, insertSettings(batch.token))
    onInsert?.(Date.now() - started)
  }

  /** The time that raw gave to the batch, undefined where nothing of it is there and no attempt is running any more. */
  async function ingestedAt(batch: Batch, insert: Insert): Promise<bigint | undefined> {
    await insertEnded(clickhouse, batch.token, signal)
    const column = insert.kind === 'raw' ? rawColumns.ingestedAt : 'received_at'
    const rows = await clickhouse.query<{ at: string }>(
      `SELECT toUnixTimestamp64Milli(${column}) AS at FROM ${tableName(insert)}
       WHERE ${column} >= {from:DateTime64(3, 'UTC')} AND _batch = {batch:UInt64} LIMIT 1`,
      { from: new Date(batch.createdAt - DAY), batch: batch.id.toString() },
    )
    return rows[0] && BigInt(rows[0].at)
  }

  async function write(batch: Batch, mayBeThere: boolean): Promise<void> {
    // Raw first: when that is refused, nothing of the batch is stored. Once it is stored, dead letters are insisted on.
    const raw = batch.inserts.filter(({ kind }) => kind === 'raw')
    const dead = batch.inserts.filter(({ kind }) => kind === 'dead')
    for (const [at, insert] of [...raw, ...dead].entries())
      await send(batch, insert, mayBeThere, mayBeThere || at === 0)
  }

  return { write: batch => write(batch, false), resend: batch => write(batch, true) }
}

function underTime({ columns, rows }: Insert, ms: bigint): Pick<Insert, 'columns' | 'rows'> {
  const time = Buffer.alloc(8)
  time.writeBigInt64LE(ms)
  const column = { name: rawColumns.ingestedAt, type: "DateTime64(3, 'UTC')" }
  return { columns: [column, ...columns], rows: withPrefix(rows, time) }
}

/** How many columns, their names, their types. */
function header(columns: readonly RowColumn[]): Buffer {
  const out = new RowWriter()
  out.varint(columns.length)
  for (const { name } of columns) out.string(name)
  for (const { type } of columns) out.string(type)
  return out.done()
}

/** One block per INSERT, synchronous, deduplicated in raw and in every view behind it, whatever the profile says. */
const insertSettings = (token: string): Settings => ({
  async_insert: 0,
  insert_deduplicate: 1,
  insert_deduplication_token: token,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  materialized_views_ignore_errors: 0,
  // In its shards, not in a queue of the server that took it.
  distributed_foreground_insert: 1,
  // A batch of old events may touch hundreds of daily partitions of a rollup.
  max_partitions_per_insert_block: 0,
  max_insert_block_size: 10_000_000,
})
