import type { Rows } from './encoded.js'
import type { TopicRecord } from './records.js'
import { readString } from './rowReader.js'

/** So much of an event's text is kept where Kafka has to take it as one record. */
const TEXT = 100_000

/** Dead letters (`deadLetterColumns` in RowBinary) as records: JSON with reason, message, line, column and event. */
export function readDeadRecords({ bytes, starts }: Rows): TopicRecord[] {
  return Array.from(starts, start => {
    let at = start + 16
    const text = (): string => {
      const { text, next } = readString(bytes, at)
      at = next
      return text.toString()
    }
    const reason = text()
    const message = text()
    const line = bytes.readUInt32LE(at)
    at += 4
    const column = text() || null
    const event = text()
    const kept = event.length > TEXT ? `${event.slice(0, TEXT)}…` : event
    const value = Buffer.from(JSON.stringify({ reason, message, line, column, event: kept }))
    return { key: undefined, value, requestKey: bytes.readBigUInt64LE(start + 8) }
  })
}
