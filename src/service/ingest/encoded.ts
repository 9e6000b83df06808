import { rawColumns } from '../../naming.js'
import type { RowColumn } from './batch.js'
import { RowWriter } from './rowWriter.js'

/** One finding of the answer; `column` is null where the event as a whole is at fault. */
export interface EventError {
  readonly line: number
  readonly column: string | null
  readonly message: string
}

/** Why an event went to the dead letters: the code kept in their `reason` column. */
export type Reason = 'bad_json' | 'not_an_object' | 'missing' | 'bad_value' | 'too_old' | 'too_new' | 'too_large'

/** Rows in RowBinary, and where each begins. */
export interface Rows {
  readonly bytes: Buffer
  readonly starts: Uint32Array
}

/** Errors named in one answer. */
const NAMED = 100

/** Where in Kafka the events come from: each row tells it, dead letters too. */
export interface TopicPlace {
  readonly topic: string
  readonly partition: number
}

/** What one request's events became. Each row begins with the eight bytes of its `_batch`, filled in when the batch is made. */
export class Encoded {
  readonly rows = new RowWriter(16 * 1024)
  starts: number[] = []
  /** Halves of the hash of each row's id, in step with `starts`; the third says whether it has one (canaries do not). */
  readonly idLow: number[] = []
  readonly idHigh: number[] = []
  readonly hasId: boolean[] = []
  readonly errors: EventError[] = []
  readonly dead = new RowWriter(64)
  readonly deadStarts: number[] = []
  unknownFields = 0
  canaries = 0
  /** Events that were JSON, fitting or not. */
  parsed = 0
  /** Of the record that is decoded next, where events come from Kafka. */
  offset = 0
  private readonly key = Buffer.alloc(8)
  private readonly place: Buffer | undefined

  constructor(key: bigint, place?: TopicPlace) {
    this.setKey(key)
    if (!place) return
    const bytes = new RowWriter(64)
    bytes.string(place.topic)
    bytes.int(place.partition, 4)
    this.place = bytes.done()
  }

  setKey(key: bigint): void {
    this.key.writeBigUInt64LE(key)
  }

  begin(to: RowWriter = this.rows): number {
    const start = to.length
    to.int64(0)
    to.raw(this.key)
    if (this.place) {
      to.raw(this.place)
      to.int64(this.offset)
    }
    return start
  }

  /** Keeps the original text with the reason; columns as in `deadLetterColumns`. */
  reject(reason: Reason, line: number, column: string | null, message: string, event: string): void {
    if (this.errors.length < NAMED) this.errors.push({ line, column, message })
    const { dead } = this
    this.deadStarts.push(this.begin(dead))
    dead.string(reason)
    dead.string(message)
    dead.int(line, 4)
    dead.string(column ?? '')
    dead.string(event)
  }

  /** Leaves out the rows for which `drop` is true. */
  leaveOut(drop: (row: number) => boolean): number {
    const { bytes } = this.rows
    const kept: number[] = []
    const count = this.starts.length
    let to = 0
    for (let row = 0; row < count; row++) {
      const from = this.starts[row]!
      const end = row + 1 < count ? this.starts[row + 1]! : this.rows.length
      if (drop(row)) continue
      if (from !== to) bytes.copyWithin(to, from, end)
      kept.push(to)
      to += end - from
    }
    this.rows.length = to
    this.starts = kept
    return count - kept.length
  }

  rawRows(): Rows {
    return { bytes: this.rows.done(), starts: Uint32Array.from(this.starts) }
  }

  deadRows(): Rows {
    return { bytes: this.dead.done(), starts: Uint32Array.from(this.deadStarts) }
  }
}

/** Columns at the beginning of each row, raw and dead letters alike. */
export const leadingColumns: readonly RowColumn[] = [
  { name: rawColumns.batch, type: 'UInt64' },
  { name: rawColumns.key, type: 'UInt64' },
]

/** What follows `leadingColumns` where events come from Kafka. */
export const placeColumns: readonly RowColumn[] = [
  { name: rawColumns.topic, type: 'LowCardinality(String)' },
  { name: rawColumns.topicPartition, type: 'UInt32' },
  { name: rawColumns.offset, type: 'UInt64' },
]

/** What a dead letter says, after the leading columns. */
export const letterColumns: readonly RowColumn[] = [
  { name: 'reason', type: 'LowCardinality(String)' },
  { name: 'message', type: 'String' },
  { name: 'line', type: 'UInt32' },
  { name: 'column', type: 'String' },
  { name: 'event', type: 'String' },
]

export const deadLetterColumns: readonly RowColumn[] = [...leadingColumns, ...letterColumns]
