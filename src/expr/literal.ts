import { isIPv4, isIPv6 } from 'node:net'
import type { RowExpr } from '../model/expr.js'
import { type Exact, FLOAT, type IntType, STRING, valueType } from './exactType.js'

type StringExpr = Extract<RowExpr, { kind: 'string' }>
/** A string literal read as a value of another type, or why it is none. */
export type Fitted = { readonly ok: true; readonly expr: StringExpr } | { readonly ok: false; readonly message: string }

const WIDTHS = [8, 16, 32, 64, 128, 256] as const
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:\d\d)?)?$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The tightest type of a number as written, negative or not; undefined when it is too large for any. */
export function numberType(text: string, negative: boolean): Exact | undefined {
  if (!Number.isFinite(Number(text))) return undefined
  if (text.includes('e')) return FLOAT
  const [whole = '', fraction = ''] = text.split('.')
  if (fraction === '') return integerType(BigInt(whole), negative) ?? FLOAT
  const precision = whole.replace(/^0$/, '').length + fraction.length
  return precision > 76 ? FLOAT : { kind: 'decimal', precision, scale: fraction.length }
}

function integerType(value: bigint, negative: boolean): IntType | undefined {
  const bits = WIDTHS.find(width => value <= (negative ? 1n << BigInt(width - 1) : (1n << BigInt(width)) - 1n))
  return bits === undefined ? undefined : { kind: 'int', bits, signed: negative && value > 0n }
}

/** A number literal with its sign as plain text, such as `-12.50`; undefined for everything else. */
export function literalNumber(expr: RowExpr): string | undefined {
  if (expr.kind === 'number') return expr.text
  return expr.kind === 'negate' && expr.operand.kind === 'number' ? `-${expr.operand.text}` : undefined
}

/** The one spelling of an IPv6 address that ClickHouse prints: lower case, `::` for the longest zeros, IPv4 in its tail. */
export function canonicalAddress(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::(ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)
  if (!mapped?.[1]) return short
  const bytes = [mapped[2]!, mapped[3]!].flatMap(group => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
  return `::ffff:${bytes.join('.')}`
}

/** Milliseconds since the epoch of a timestamp literal (UTC where it names no zone), and whether it is a date alone. */
export function readTimestamp(text: string): { readonly ms: number; readonly dateOnly: boolean } | undefined {
  const match = TIMESTAMP.exec(text)
  if (!match) return undefined
  const [, date = '', minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match
  const ms = Date.parse(`${date}T${minutes}:${seconds}.${fraction.padEnd(3, '0')}${zone}`)
  const exists = new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) ?? false
  if (Number.isNaN(ms) || !exists || minutes >= '24') return undefined
  return { ms, dateOnly: match[2] === undefined }
}

/** Reads a string literal as a value of `to`: a timestamp, UUID, address, member of an enum, or the text it is. */
export function fitLiteral(literal: StringExpr, to: Exact): Fitted {
  const { value } = literal
  const as = (exact: Exact): Fitted => ({ ok: true, expr: { ...literal, type: valueType(exact, false) } })
  const refuse = (what: string): Fitted => ({ ok: false, message: `'${value}' is not ${what}` })
  switch (to.kind) {
    case 'string':
      return as(STRING)
    case 'enum': {
      const names = to.values.map(({ name }) => `'${name}'`)
      return to.values.some(({ name }) => name === value) ? as(to) : refuse(`one of the values ${names.join(', ')}`)
    }
    case 'uuid':
      return UUID.test(value) ? as(to) : refuse('a UUID')
    case 'ipv4':
      return isIPv4(value) ? as(to) : refuse('an IPv4 address')
    case 'ipv6':
      return isIPv6(value) && !value.includes('%') ? as(to) : refuse('an IPv6 address')
    case 'date':
    case 'datetime':
    case 'datetime64':
      return fitTime(literal, to, as, refuse)
    default:
      return refuse(to.kind === 'bool' ? 'true or false' : 'a number')
  }
}

function fitTime(
  literal: StringExpr,
  to: Exact,
  as: (exact: Exact) => Fitted,
  refuse: (what: string) => Fitted,
): Fitted {
  const time = readTimestamp(literal.value)
  if (!time) return refuse('a timestamp such as 2026-01-31 or 2026-01-31 12:00:00.000')
  if (to.kind === 'date' && time.dateOnly) {
    const fits = literal.value >= '1970-01-01' && literal.value <= '2149-06-06'
    return fits ? as(to) : refuse('in the range of a Date, 1970-01-01 to 2149-06-06')
  }
  const fits = time.ms >= Date.UTC(1900, 0, 1) && time.ms < Date.UTC(2262, 0, 1)
  return fits ? as({ kind: 'datetime64', precision: 3 }) : refuse('between the years 1900 and 2261')
}
