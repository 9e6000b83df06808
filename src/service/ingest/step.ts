import type { ColumnConfig, SourceConfig } from '../../model/serviceConfig.js'
import { encoder, zero } from './columns/column.js'
import type { Encode } from './columns/encode.js'
import type { Instant } from './columns/instant.js'
import { type Normal, normal } from './columns/normal.js'
import { columnType } from './columnTypes.js'
import { NANOS } from './records.js'
import { RowWriter } from './rowWriter.js'

export type Fields = Record<string, unknown>

export interface DecoderOptions {
  /** `rows` of ClickHouse (RowBinary) unless told, or `records` of Kafka as `records.ts` reads them. */
  readonly writes?: 'rows' | 'records'
  /** `events` as anybody sends them unless told, or the front door's own `records`. */
  readonly reads?: 'events' | 'records'
  /** Ids get the same hash in every process. */
  readonly sharedIds?: boolean
}

/** How one column of an event is read and written. */
export interface Step {
  readonly name: string
  readonly get: (event: Fields) => unknown
  readonly encode: Encode
  /** What a missing value becomes, already encoded; undefined where a missing value is refused. */
  readonly missing: Uint8Array | undefined
  /** Set where the event goes to a topic: `"name":`, the value's text, and that of a missing value. */
  readonly record: { readonly head: string; readonly value: Normal; readonly missing: string } | undefined
}

/** `instant` receives the event time, whenever that column is encoded. */
export function compileStep(
  source: SourceConfig,
  column: ColumnConfig,
  instant: Instant,
  options: DecoderOptions,
): Step {
  const type = columnType(column.type)
  const path = column.from ?? [column.name]
  const isTime = column.name === source.timestamp
  const encode = encoder(type, isTime ? { path, format: source.format, instant } : { path })
  // A time or an id of zero would be an event of 1970, or a duplicate of all others without one.
  const needed = column.default === undefined && (isTime || column.name === source.id)
  const out = new RowWriter(64)
  const otherwise = column.default === undefined ? zero(type) : column.default
  const fits = encode(otherwise, out, '') === undefined
  const record =
    options.writes === 'records'
      ? compileRecord(column.name, isTime ? timeText(instant) : normal(type), out.bytes, otherwise, fits)
      : undefined
  const plain = getPath(path)
  const get = isTime && options.reads === 'records' ? withNanos(plain) : plain
  if (isTime && column.default !== undefined)
    return { name: column.name, get: event => get(event) ?? column.default, encode, missing: undefined, record }
  const missing = needed || !fits ? undefined : out.done()
  return { name: column.name, get, encode, missing, record }
}

function compileRecord(
  name: string,
  value: Normal,
  missing: Buffer,
  otherwise: unknown,
  fits: boolean,
): Step['record'] {
  return { head: `,${JSON.stringify(name)}:`, value, missing: fits ? value(missing, 0, otherwise) : '' }
}

/** Event times are epoch milliseconds in a topic; digits finer than that stand beside them. */
const timeText =
  (instant: Instant): Normal =>
  () =>
    instant.nanos > 0 && instant.ms >= 0 ? `${instant.ms},"${NANOS}":${instant.nanos}` : String(instant.ms)

const withNanos = (get: (event: Fields) => unknown) => (event: Fields) =>
  event[NANOS] === undefined ? get(event) : `${get(event)}.${String(event[NANOS]).padStart(6, '0')}`

/** Reads a field of the event's own, never one of every object's, such as `constructor`. */
export function getter(name: string): (event: Fields) => unknown {
  if (name in Object.prototype) return event => (Object.hasOwn(event, name) ? event[name] : undefined)
  return event => event[name]
}

function getPath(path: readonly string[]): (event: Fields) => unknown {
  const getters = path.map(getter)
  if (getters.length === 1) return getters[0]!
  return event => {
    let value: unknown = event
    for (const get of getters) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
      value = get(value as Fields)
    }
    return value
  }
}
