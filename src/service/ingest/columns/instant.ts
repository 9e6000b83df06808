/** A moment: whole milliseconds since 1970 UTC, and the nanoseconds past them (0 to 999,999). */
export interface Instant {
  ms: number
  nanos: number
}

const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const DAYS_IN = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
/** date, hour:minute, seconds, fraction, zone */
const REST = /^(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,20}))?)?)? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/

const digit = (text: string, at: number): number => {
  const code = text.charCodeAt(at) - 48
  return code >= 0 && code <= 9 ? code : Number.NaN
}
const two = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1)

/** Days since 1970 of a date at the beginning of `text` (`YYYY-MM-DD` or `YYYY/MM/DD`), NaN if there is none. */
export function dayNumber(text: string): number {
  const separator = text.charCodeAt(4)
  if ((separator !== 45 && separator !== 47) || text.charCodeAt(7) !== separator) return Number.NaN
  const year = two(text, 0) * 100 + two(text, 2)
  const month = two(text, 5)
  const day = two(text, 8)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= DAYS_IN[month - 1]! && year >= 1)) return Number.NaN
  if (month === 2 && day === 29 && !leap) return Number.NaN
  const before = year - 1
  const days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  return days + DAYS_BEFORE[month - 1]! + (leap && month > 2 ? 1 : 0) + day - 1 - 719_162
}

/** Reads ISO 8601 and its common relatives; without a zone it is UTC. False where `text` is none of them. */
export function readInstant(text: string, into: Instant): boolean {
  const day = dayNumber(text)
  if (Number.isNaN(day)) {
    const plain = respell(text)
    return plain !== undefined && readInstant(plain, into)
  }
  into.nanos = 0
  // `YYYY-MM-DDThh:mm:ss[.fff][Z]` without the regular expression: nearly every event.
  const size = text.length
  if (size >= 19 && size <= 24 && text.charCodeAt(13) === 58 && text.charCodeAt(16) === 58) {
    const mark = text.charCodeAt(10)
    const end = text.charCodeAt(size - 1) === 90 ? size - 1 : size
    const milliseconds =
      end === 19 ? 0 : end === 23 && text.charCodeAt(19) === 46 ? two(text, 20) * 10 + digit(text, 22) : Number.NaN
    const [hour, minute, second] = [two(text, 11), two(text, 14), two(text, 17)]
    const ms = day * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + milliseconds
    if ((mark === 84 || mark === 32) && hour < 24 && minute < 60 && second < 60 && !Number.isNaN(ms)) {
      into.ms = ms
      return true
    }
  }
  return readSlowly(text, day, into)
}

function readSlowly(text: string, day: number, into: Instant): boolean {
  const found = text.length <= 64 ? REST.exec(text.slice(10)) : null
  if (!found) return false
  const [, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false
  const nanoseconds = Number(fraction.padEnd(9, '0').slice(0, 9))
  let offset = 0
  if (zone[0] === '+' || zone[0] === '-') {
    const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)]
    if (hours > 23 || minutes > 59) return false
    offset = (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
  }
  const clock = Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000
  into.ms = day * 86_400_000 + clock + Math.floor(nanoseconds / 1e6) - offset
  into.nanos = nanoseconds % 1e6
  return true
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(Z?))?$/
const MAIL = /^(?:[A-Za-z]{3}, ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{4})( .+)?$/
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** `20260131[T]120000` and `Sat, 31 Jan 2026 12:00:00 GMT` in the form of the others. */
function respell(text: string): string | undefined {
  if (text.length > 64) return undefined
  const compact = COMPACT.exec(text)
  if (compact) {
    const [, year, month, day, hour, minute, second, zone] = compact
    return `${year}-${month}-${day}${hour === undefined ? '' : `T${hour}:${minute}:${second}${zone}`}`
  }
  const mail = MAIL.exec(text)
  const month = mail ? MONTHS.indexOf(mail[2]!.toLowerCase()) + 1 : 0
  if (!mail || month === 0) return undefined
  return `${mail[3]}-${String(month).padStart(2, '0')}-${mail[1]!.padStart(2, '0')}${mail[4] ?? ''}`
}
