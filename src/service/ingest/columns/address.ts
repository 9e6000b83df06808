import { isIPv4, isIPv6 } from 'node:net'
import { type Encode, show } from './encode.js'

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/** UUIDs, with or without dashes. ClickHouse keeps them as two little-endian halves. */
export const uuid: Encode = (value, out) => {
  if (typeof value !== 'string' || !UUID.test(value)) return `${show(value)} is not a UUID`
  const bytes = Buffer.from(value.replaceAll('-', ''), 'hex')
  out.raw(bytes.subarray(0, 8).reverse())
  out.raw(bytes.subarray(8).reverse())
  return undefined
}

export const ipv4: Encode = (value, out) => {
  if (typeof value !== 'string' || !isIPv4(value)) return `${show(value)} is not an IPv4 address`
  out.raw(v4Bytes(value).reverse())
  return undefined
}

/** IPv6 addresses; an IPv4 address becomes `::ffff:a.b.c.d`. */
export const ipv6: Encode = (value, out) => {
  if (typeof value !== 'string' || value.includes('%')) return `${show(value)} is not an IPv6 address`
  const text = isIPv4(value) ? `::ffff:${value}` : value
  if (!isIPv6(text)) return `${show(value)} is not an IPv6 address`
  out.raw(v6Bytes(text))
  return undefined
}

const v4Bytes = (text: string): Uint8Array => Uint8Array.from(text.split('.'), Number)

function v6Bytes(text: string): Uint8Array {
  const dotted = text.lastIndexOf(':') + 1
  const tail = text.includes('.') ? v4Bytes(text.slice(dotted)) : undefined
  const groups = tail ? `${text.slice(0, dotted)}${hex(tail, 0)}:${hex(tail, 2)}` : text
  const [front = '', back] = groups.split('::')
  const head = front === '' ? [] : front.split(':')
  const rest = back === undefined || back === '' ? [] : back.split(':')
  const bytes = Buffer.alloc(16)
  head.forEach((group, at) => void bytes.writeUInt16BE(Number.parseInt(group, 16), at * 2))
  rest.forEach((group, at) => void bytes.writeUInt16BE(Number.parseInt(group, 16), 16 - (rest.length - at) * 2))
  return bytes
}

const hex = (bytes: Uint8Array, at: number): string => ((bytes[at]! << 8) | bytes[at + 1]!).toString(16)
