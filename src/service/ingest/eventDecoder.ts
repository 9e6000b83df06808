import type { ColumnType } from '../../model/columnType.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import { rawColumns } from '../../naming.js'
import type { RowColumn } from './batch.js'
import type { Instant } from './columns/instant.js'
import { columnType, comparableType } from './columnTypes.js'
import { type Encoded, leadingColumns, type Reason } from './encoded.js'
import { type Halves, keyedHash, newHashKey } from './hash.js'
import { sourceOfRecords, writeRecord } from './records.js'
import { RowWriter } from './rowWriter.js'
import { compileStep, type DecoderOptions, type Fields, getter } from './step.js'

interface Refusal {
  readonly reason: Reason
  readonly column: string | null
  readonly message: string
}

/** Turns the text of events into rows of one source: compiled once per configuration. */
export interface EventDecoder {
  /** Columns in the order of the rows' bytes, `_batch` first; they mean nothing where records are written. */
  readonly columns: readonly RowColumn[]
  /** Decodes one event into `to`; `arrival` in epoch ms. Never throws. */
  decode(json: string, line: number, arrival: number, canaries: boolean, to: Encoded): void
  /** The hash under which an id is remembered, of a value as ClickHouse writes it in JSON. */
  idHash(value: unknown): Halves | undefined
}

/** In UTF-8 three bytes each at most: within the 1 MiB that a broker takes unless told otherwise. */
const RECORD_CHARACTERS = 300_000

/** One key for the life of the process: remembered ids outlive a configuration. */
const hashKey = newHashKey()
const SHARED_KEY: Halves = { low: 0x72746461, high: 0x73682d31 }

export function createDecoder(from: SourceConfig, options: DecoderOptions = {}): EventDecoder {
  const records = options.writes === 'records'
  const source = options.reads === 'records' ? sourceOfRecords(from) : from
  const instant: Instant = { ms: 0, nanos: 0 }
  const steps = source.columns.map(column => compileStep(source, column, instant, options))
  const keyAt = records ? source.columns.findIndex(({ name }) => name === source.key) : -1
  const timeAt = source.columns.findIndex(({ name }) => name === source.timestamp)
  const idAt = source.dedupMs === undefined ? -1 : source.columns.findIndex(({ name }) => name === source.id)
  const hashId =
    idAt < 0 ? undefined : idHasher(columnType(source.columns[idAt]!.type), options.sharedIds ? SHARED_KEY : hashKey)
  const roots = [...new Set(source.columns.map(({ name, from }) => from?.[0] ?? name))].map(getter)
  const { olderMs, newerMs } = source.accept
  const id: Halves = { low: 0, high: 0 }

  let time = 0
  let idFrom = 0
  let idTo = 0
  /** Of the record being written: its fields so far, and the JSON text of its key. */
  let fields = ''
  let key = ''

  function decode(json: string, line: number, arrival: number, canaries: boolean, to: Encoded): void {
    let event: Fields
    try {
      event = JSON.parse(json) as Fields
    } catch (error) {
      to.reject('bad_json', line, null, `not JSON: ${(error as Error).message}`, json)
      return
    }
    to.parsed++
    if (event === null || typeof event !== 'object' || Array.isArray(event)) {
      to.reject('not_an_object', line, null, 'an event is a JSON object', json)
      return
    }
    const canary = canaries ? sendTime(event._canary) : 0
    const start = to.begin()
    const begun = to.rows.length
    to.rows.int64(canary)
    const refusal = writeColumns(event, json, to.rows) ?? checkAge(arrival) ?? checkSize()
    if (refusal) {
      to.rows.length = start
      to.reject(refusal.reason, line, refusal.column, refusal.message, json)
      return
    }
    to.starts.push(start)
    if (canary > 0) to.canaries++
    if (hashId) {
      hashId(to.rows.bytes, idFrom, idTo, id)
      to.idLow.push(id.low)
      to.idHigh.push(id.high)
      to.hasId.push(canary === 0)
    }
    if (records) {
      to.rows.length = begun
      writeRecord(
        to.rows,
        keyAt < 0 ? undefined : key,
        canary > 0 ? `${fields},"${rawColumns.canary}":${canary}` : fields,
      )
    }
    let unknown = Object.keys(event).length - (canary > 0 ? 1 : 0)
    for (let at = 0; at < roots.length; at++) if (roots[at]!(event) !== undefined) unknown--
    to.unknownFields += unknown
  }

  function writeColumns(event: Fields, json: string, rows: RowWriter): Refusal | undefined {
    fields = ''
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at]!
      const value = step.get(event)
      const from = rows.length
      if (value !== undefined) {
        const message = step.encode(value, rows, json)
        if (message !== undefined) return { reason: 'bad_value', column: step.name, message }
      } else if (step.missing !== undefined) rows.raw(step.missing)
      else {
        const message = `no "${step.name}", which each event of this source needs`
        return { reason: 'missing', column: step.name, message }
      }
      if (at === timeAt) time = instant.ms
      if (at === idAt) {
        idFrom = from
        idTo = rows.length
      }
      if (step.record) {
        const text = value === undefined ? step.record.missing : step.record.value(rows.bytes, from, value)
        fields += step.record.head + text
        if (at === keyAt) key = text
      }
    }
    return undefined
  }

  function checkAge(arrival: number): Refusal | undefined {
    const age = arrival - time
    if ((olderMs === null || age <= olderMs) && -age <= newerMs) return undefined
    const column = source.timestamp
    const when = new Date(time).toISOString()
    return age > 0
      ? { reason: 'too_old', column, message: `${when} is more than ${olderMs! / 1000} s before its arrival` }
      : { reason: 'too_new', column, message: `${when} is more than ${newerMs / 1000} s after its arrival` }
  }

  function checkSize(): Refusal | undefined {
    if (fields.length <= RECORD_CHARACTERS) return undefined
    const message = `as a record it has ${fields.length} characters; Kafka takes ${RECORD_CHARACTERS} of any kind`
    return { reason: 'too_large', column: null, message }
  }

  function idHash(value: unknown): Halves | undefined {
    const out = new RowWriter(64)
    if (!hashId || steps[idAt]!.encode(value, out, '') !== undefined) return undefined
    const halves = { low: 0, high: 0 }
    hashId(out.bytes, 0, out.length, halves)
    return halves
  }

  const columns = [
    ...leadingColumns,
    { name: rawColumns.canary, type: 'UInt64' },
    ...source.columns.map(({ name, type }) => ({ name, type: comparableType(type) })),
  ]
  return { columns, decode, idHash }
}

/** The send time of a canary in epoch ms, 0 for an event that is none. */
const sendTime = (sent: unknown): number => (Number.isSafeInteger(sent) && (sent as number) > 0 ? (sent as number) : 0)

/** Ids of up to 64 bits are remembered as they are, others by a keyed hash of their bytes. */
function idHasher(type: ColumnType, key: Halves): (bytes: Buffer, from: number, to: number, into: Halves) => void {
  const plain = type.kind === 'lowCardinality' ? type.inner : type
  if (plain.kind === 'int' && plain.bits === 64) {
    return (bytes, from, _to, into) => {
      into.low = bytes.readUInt32LE(from)
      into.high = bytes.readUInt32LE(from + 4)
    }
  }
  return (bytes, from, to, into) => keyedHash(bytes, from, to, key, into)
}
