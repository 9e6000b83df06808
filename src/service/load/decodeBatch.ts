import { isUtf8 } from 'node:buffer'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import { Encoded, type Reason, type TopicPlace } from '../ingest/encoded.js'
import { recordHeader } from '../ingest/records.js'
import type { SeenTable } from '../ingest/seenTable.js'
import type { LoadedSource } from './source.js'

/** What the records of one batch became. */
export interface DecodedBatch {
  readonly events: Encoded
  readonly duplicates: number
  /** Takes the batch's ids back out of what was seen: it was not stored. */
  release(): void
}

/**
 * Decodes records into rows and dead letters. The same records give the same rows, as a record's age is judged by its
 * own time; only ids seen elsewhere may differ, so that `stored`, the offsets of the batch that raw has already, decides
 * where it is given.
 */
export function decodeBatch(
  source: LoadedSource,
  place: TopicPlace,
  records: readonly FetchedRecord[],
  ids: SeenTable | undefined,
  stored: ReadonlySet<number> | undefined,
): DecodedBatch {
  const events = new Encoded(0n, place)
  const offsets: number[] = []
  const ours: boolean[] = []
  for (const record of records) {
    const header = recordHeader(record.headers)
    events.offset = Number(record.offset)
    events.setKey(header?.requestKey ?? 0n)
    const { value } = record
    if (source.letters) letter(events, value)
    else if (value === null) events.reject('not_an_object', 0, null, 'a record without a value', '')
    else if (!isUtf8(value)) events.reject('bad_json', 0, null, 'not UTF-8', value.toString('utf8'))
    else (header ? source.own : source.others).decode(value.toString('utf8'), 0, record.timestamp, !!header, events)
    if (events.starts.length > offsets.length) {
      offsets.push(events.offset)
      ours.push(!!header)
    }
  }
  const claimed: number[] = []
  const { idLow, idHigh, hasId } = events
  const now = Math.floor(Date.now() / 1000)
  const drop = (row: number): boolean => {
    const fresh = ids !== undefined && hasId[row] === true && !ids.claim(idLow[row]!, idHigh[row]!, now)
    if (fresh) claimed.push(row)
    if (stored) return !stored.has(offsets[row]!)
    // The front door has seen to its own.
    return !ours[row] && hasId[row] === true && !fresh
  }
  const duplicates = ids || stored ? events.leaveOut(drop) : 0
  return {
    events,
    duplicates,
    release: () => {
      for (const row of claimed) ids?.release(idLow[row]!, idHigh[row]!)
    },
  }
}

interface Letter {
  readonly reason: Reason
  readonly message: string
  readonly line: number
  readonly column: string | null
  readonly event: string
}

/** A dead letter of the front door, on its way to the table. */
function letter(events: Encoded, value: Buffer | null): void {
  const text = value?.toString('utf8') ?? ''
  try {
    const { reason, message, line, column, event } = JSON.parse(text) as Letter
    events.reject(reason, line, column, message, event)
  } catch {
    events.reject('bad_json', 0, null, 'not a dead letter as the front door writes them', text)
  }
}
