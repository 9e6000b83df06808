import type { ClickHouse } from '../clients/clickhouse.js'
import type { JsonValue, TestEvent } from '../model/model.js'
import type { SourceConfig } from '../model/serviceConfig.js'
import { createBatch } from '../service/ingest/batch.js'
import { createClickHouseSink } from '../service/ingest/clickhouseSink.js'
import { Encoded } from '../service/ingest/encoded.js'
import { createDecoder, type EventDecoder } from '../service/ingest/eventDecoder.js'
import { SeenTable } from '../service/ingest/seenTable.js'
import { placeOf, type Uncounted } from './report.js'

/** Takes a case's events in as the front door does: decoded, judged by age, each id once. */
export interface FrontDoor {
  /** Yields what was not stored. `token` is the case's own. */
  store(events: readonly TestEvent[], startMs: number, token: string): Promise<Uncounted[]>
}

/** The front door of one source, straight into ClickHouse. */
export function createFrontDoor(clickhouse: ClickHouse, database: string, from: SourceConfig): FrontDoor {
  // Times are written by us, whatever form the source's own events have.
  const { format: _, ...source } = from
  const decoder = createDecoder(source)
  return {
    async store(events, startMs, token) {
      const { encoded, uncounted } = decode(decoder, source, events, startMs)
      const rows = encoded.rawRows()
      const insert = { database, table: source.table, kind: 'raw', columns: decoder.columns, rows } as const
      const sink = createClickHouseSink({
        clickhouse,
        log: () => {},
        signal: new AbortController().signal,
        // A real front door tries again; here the first failure is what the case has found.
        onTrouble: (_ms, error) => {
          throw error
        },
      })
      if (rows.starts.length > 0) await sink.write(createBatch([insert], startMs, token))
      return uncounted
    },
  }
}

/** The clock is the newest event's time so far: an event that is written late arrives late. */
function decode(decoder: EventDecoder, source: SourceConfig, events: readonly TestEvent[], startMs: number) {
  const encoded = new Encoded(0n)
  const path = source.columns.find(({ name }) => name === source.timestamp)?.from ?? [source.timestamp]
  const stored: { event: TestEvent; clock: number }[] = []
  let clock = Number.NEGATIVE_INFINITY
  for (const [at, event] of events.entries()) {
    clock = Math.max(clock, startMs + Number(valueAt(event.fields, path)))
    const text = JSON.stringify(withTime(event.fields, path, startMs))
    decoder.decode(text, at, clock, false, encoded)
    if (encoded.starts.length > stored.length) stored.push({ event, clock })
  }
  const told = (event: TestEvent, reason: string): Uncounted => ({
    ...placeOf(event.span),
    source: source.name,
    reason,
  })
  const uncounted = encoded.errors.map(({ line, column, message }) =>
    told(events[line]!, column === null ? `rejected: ${message}` : `rejected: column ${column}: ${message}`),
  )
  const ids = source.dedupMs === undefined ? undefined : new SeenTable(Math.ceil(source.dedupMs / 1000))
  encoded.leaveOut(row => {
    const { event, clock } = stored[row]!
    const twice = ids?.claim(encoded.idLow[row]!, encoded.idHigh[row]!, Math.floor(clock / 1000)) ?? false
    if (twice) uncounted.push(told(event, `sent twice: its ${source.id} was there already`))
    return twice
  })
  return { encoded, uncounted }
}

type Fields = Readonly<Record<string, JsonValue>>

const valueAt = (fields: Fields, path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((value, key) => (isObject(value) ? value[key] : undefined), fields)

/** The fields with the offset at `path` made an instant. */
function withTime(fields: Fields, [key, ...rest]: readonly string[], startMs: number): Fields {
  const value = fields[key!]
  if (rest.length > 0) return isObject(value) ? { ...fields, [key!]: withTime(value, rest, startMs) } : fields
  return typeof value === 'number' ? { ...fields, [key!]: new Date(startMs + value).toISOString() } : fields
}

const isObject = (value: JsonValue | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
