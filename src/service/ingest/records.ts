import type { ColumnConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { RowWriter } from './rowWriter.js'

// An event on its way to a topic lies in memory, and in the spool, as: `_batch` and `_key` (8 bytes each), whether it
// has a key (1 byte), the key, and the value, both as RowBinary writes strings.

/** Field of a record: nanoseconds past the millisecond of the event time. */
export const NANOS = '_nanos'

/** Appends one after `_batch` and `_key`: `fields` as `,"name":value`, `key` as JSON text. */
export function writeRecord(out: RowWriter, key: string | undefined, fields: string): void {
  out.int(key === undefined ? 0 : 1, 1)
  if (key !== undefined) out.string(key.startsWith('"') ? (JSON.parse(key) as string) : key)
  out.string(`{${fields.slice(1)}}`)
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
const HEADER = 'rtdash'

/** What a record's header says; undefined where others wrote it. */
export function recordHeader(
  headers: ReadonlyMap<string, Buffer>,
): { readonly batch: string; readonly row: number; readonly requestKey: bigint } | undefined {
  const [, batch, row, key] = /^([0-9a-z]+)\.(\d+)(?:\.([0-9a-f]+))?$/.exec(headers.get(HEADER)?.toString() ?? '') ?? []
  if (batch === undefined) return undefined
  return { batch, row: Number(row), requestKey: key === undefined ? 0n : BigInt(`0x${key}`) }
}
