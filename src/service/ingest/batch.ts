import { randomBytes } from 'node:crypto'
import type { Rows } from './encoded.js'
import { hash64 } from './hash.js'

/** A column of the rows' bytes; the server checks the type, so that a changed table never misreads them. */
export interface RowColumn {
  readonly name: string
  readonly type: string
}

/** One INSERT: rows in RowBinary, each beginning with its `_batch`. */
export interface Insert {
  readonly database: string
  readonly table: string
  /** Raw tables have views behind them, dead letters have none. */
  readonly kind: 'raw' | 'dead'
  /** Names and ClickHouse types, in the order of the rows' bytes. */
  readonly columns: readonly RowColumn[]
  readonly rows: Rows
}

/** What is written and acknowledged together. */
export interface Batch {
  /** Deduplication token: the same on every attempt, also after a restart. */
  readonly token: string
  /** `_batch` of each row. */
  readonly id: bigint
  /** Epoch ms. */
  readonly createdAt: number
  readonly inserts: readonly Insert[]
}

/** Where batches go; resolves when the batch is durable, and rejects with `BatchRefused` when it never will be. */
export interface Sink {
  write(batch: Batch): Promise<void>
}

/** The backend will not take this batch however often it is sent, and has stored nothing of it. */
export class BatchRefused extends Error {}

/** A token that no other batch has. */
export const newToken = (createdAt: number): string => `ingest-${createdAt}-${randomBytes(9).toString('hex')}`

/** A batch under its token. Fills `_batch` into the rows. */
export function createBatch(inserts: readonly Insert[], createdAt: number, token: string): Batch {
  const id = hash64(token)
  for (const { rows } of inserts) {
    const view = new DataView(rows.bytes.buffer, rows.bytes.byteOffset, rows.bytes.length)
    for (const start of rows.starts) view.setBigUint64(start, id, true)
  }
  return { token, id, createdAt, inserts: inserts.filter(({ rows }) => rows.starts.length > 0) }
}

/** Joins rows of the same columns. */
export function joinRows(parts: readonly Rows[]): Rows {
  if (parts.length === 1) return parts[0]!
  const bytes = Buffer.concat(parts.map(part => part.bytes))
  const starts = new Uint32Array(parts.reduce((sum, part) => sum + part.starts.length, 0))
  let row = 0
  let shift = 0
  for (const part of parts) {
    for (const start of part.starts) starts[row++] = start + shift
    shift += part.bytes.length
  }
  return { bytes, starts }
}

/** The same rows with eight bytes more in front of each: the `ingested_at` that raw already has. */
export function withPrefix(rows: Rows, prefix: Buffer): Rows {
  const count = rows.starts.length
  const bytes = Buffer.allocUnsafe(rows.bytes.length + count * prefix.length)
  const starts = new Uint32Array(count)
  let at = 0
  for (let row = 0; row < count; row++) {
    const end = row + 1 < count ? rows.starts[row + 1]! : rows.bytes.length
    starts[row] = at
    at += prefix.copy(bytes, at)
    at += rows.bytes.copy(bytes, at, rows.starts[row]!, end)
  }
  return { bytes, starts }
}
