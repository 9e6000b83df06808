import type { TimestampFormat } from '../../../model/model.js'
import { type Encode, show } from './encode.js'
import { scaledInteger } from './exactNumber.js'
import { dayNumber, type Instant, readInstant } from './instant.js'

const NUMBER = /^-?\d{1,19}(\.\d{1,12})?$/
/** Numbers from here on are milliseconds: as seconds it would be the year 5138, as milliseconds it is March 1973. */
const MILLIS_FROM = 1e11
const FORMS = 'write 2026-01-31T12:00:00.000Z, or seconds or milliseconds since 1970'

/** Reads any timestamp that a column takes into `into`; false where it is none. `format` says how numbers are meant. */
export function readTimestamp(value: unknown, format: TimestampFormat | undefined, into: Instant): boolean {
  if (typeof value === 'number') return fromNumber(value, String(value), format, into)
  if (typeof value !== 'string') return false
  // Where the source says that times are numbers, digits are no date: 20260131 is a number of seconds.
  const digits = NUMBER.test(value)
  if (!(digits && format?.startsWith('epoch')) && readInstant(value, into)) return true
  return digits && fromNumber(Number(value), value, format, into)
}

function fromNumber(value: number, text: string, format: TimestampFormat | undefined, into: Instant): boolean {
  if (!Number.isFinite(value)) return false
  const millis = format === 'epoch_millis' || (format !== 'epoch_seconds' && Math.abs(value) >= MILLIS_FROM)
  // In a text there may be more digits after the point than a double holds.
  if (Number.isInteger(value) && !text.includes('.')) {
    into.ms = millis ? value : value * 1000
    into.nanos = 0
    return Number.isSafeInteger(into.ms)
  }
  // Nanoseconds from the digits: a double times 1000 would not be exact.
  const nanos = scaledInteger(text.slice(0, text.indexOf('.') + (millis ? 7 : 10)), millis ? 6 : 9)
  if (typeof nanos !== 'bigint') return false
  const ms = nanos >= 0n || nanos % 1_000_000n === 0n ? nanos / 1_000_000n : nanos / 1_000_000n - 1n
  into.ms = Number(ms)
  into.nanos = Number(nanos - ms * 1_000_000n)
  return true
}

/** Seconds since 1970 in 32 bits; fractions are cut. */
export function dateTime(format: TimestampFormat | undefined, instant: Instant): Encode {
  return (value, out) => {
    if (!readTimestamp(value, format, instant)) return `${show(value)} is not a time: ${FORMS}`
    const seconds = Math.floor(instant.ms / 1000)
    if (seconds < 0 || seconds > 0xffffffff) return `${show(value)} is outside DateTime (1970 to 2106)`
    out.int(seconds, 4)
    return undefined
  }
}

const LOWEST = Date.UTC(1900, 0, 1)
const HIGHEST = Date.UTC(2300, 0, 1) - 1
/** With nine digits the 64 bits reach no further than this. */
const HIGHEST_NANO = Date.UTC(2262, 3, 11, 23, 47, 16)

/** Ticks of 10^-precision seconds in 64 bits; digits finer than that are cut. */
export function dateTime64(precision: number, format: TimestampFormat | undefined, instant: Instant): Encode {
  const highest = precision === 9 ? HIGHEST_NANO : HIGHEST
  const perTick = 10 ** Math.max(0, 3 - precision)
  const perMs = 10n ** BigInt(Math.max(0, precision - 3))
  const nanosPerTick = 10 ** Math.max(0, 9 - precision)
  return (value, out) => {
    if (!readTimestamp(value, format, instant)) return `${show(value)} is not a time: ${FORMS}`
    const { ms, nanos } = instant
    if (ms < LOWEST || ms > highest)
      return `${show(value)} is outside DateTime64 (1900 to ${precision === 9 ? 2262 : 2299})`
    if (precision <= 3) out.int64(Math.floor(ms / perTick))
    else out.bigint(BigInt(ms) * perMs + BigInt(Math.floor(nanos / nanosPerTick)), 8)
    return undefined
  }
}

/** Days since 1970 in 16 bits, from a date or the UTC day of a time. Numbers are refused: days and seconds look alike. */
export function date(instant: Instant): Encode {
  return (value, out) => {
    if (typeof value !== 'string' || !readInstant(value, instant)) {
      return `${show(value)} is not a date: write 2026-01-31`
    }
    const day = value.length === 10 ? dayNumber(value) : Math.floor(instant.ms / 86_400_000)
    if (day < 0 || day > 65_535) return `${show(value)} is outside Date (1970 to 2149)`
    out.int(day, 2)
    return undefined
  }
}
