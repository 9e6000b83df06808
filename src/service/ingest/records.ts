import type { Headers } from '../../clients/kafka/fetched.js'
import type { ColumnConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { Rows } from './encoded.js'
import { readString } from './rowReader.js'
import type { RowWriter } from './rowWriter.js'

// An event on its way to a topic lies in memory, and in the spool, as: `_batch` and `_key` (8 bytes each), whether it
// has a key (1 byte), the key, and the value, both as RowBinary writes strings.

/** Field of a record: nanoseconds past the millisecond of the event time. */
export const NANOS = '_nanos'

/** What a row of such a batch becomes. */
export interface TopicRecord {
  readonly key: Buffer | undefined
  readonly value: Buffer
  /** Hash of the request's Idempotency-Key, 0 without. */
  readonly requestKey: bigint
}

/** Appends one after `_batch` and `_key`: `fields` as `,"name":value`, `key` as JSON text. */
export function writeRecord(out: RowWriter, key: string | undefined, fields: string): void {
  out.int(key === undefined ? 0 : 1, 1)
  if (key !== undefined) out.string(key.startsWith('"') ? (JSON.parse(key) as string) : key)
  out.string(`{${fields.slice(1)}}`)
}

export function readRecords({ bytes, starts }: Rows): TopicRecord[] {
  return Array.from(starts, start => {
    const requestKey = bytes.readBigUInt64LE(start + 8)
    const from = start + 17
    const key = bytes[start + 16] === 1 ? readString(bytes, from) : undefined
    return { key: key?.text, value: readString(bytes, key?.next ?? from).text, requestKey }
  })
}

/** The source as the front door's own records have it: fields named as the columns, ages already judged. */
export function sourceOfRecords(source: SourceConfig): SourceConfig {
  const plain = ({ from: _, ...column }: ColumnConfig): ColumnConfig => column
  return {
    ...source,
    format: 'epoch_millis',
    accept: { olderMs: null, newerMs: Number.POSITIVE_INFINITY },
    columns: source.columns.map(plain),
  }
}

/** Header of each record that the front door writes: batch, number in it, and the request's key where it has one. */
export const HEADER = 'rtdash'

export const headerText = (batch: bigint, row: number, requestKey: bigint): string =>
  `${batch.toString(36)}.${row}${requestKey === 0n ? '' : `.${requestKey.toString(16)}`}`

/** What a record's header says; undefined where others wrote it. */
export function recordHeader(
  headers: Headers,
): { readonly batch: string; readonly row: number; readonly requestKey: bigint } | undefined {
  const text = headers.find(([name]) => name !== null && NAME.equals(name))?.[1]?.toString('latin1') ?? ''
  const [batch, row, key, ...more] = text.split('.')
  // Anybody may write a header of this name.
  if (!batch || !row || more.length > 0 || (key !== undefined && !HEX.test(key))) return undefined
  return { batch, row: Number(row), requestKey: key === undefined ? 0n : BigInt(`0x${key}`) }
}

const NAME = Buffer.from(HEADER)
const HEX = /^[0-9a-f]{1,16}$/
