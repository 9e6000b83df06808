import { SocketAddress } from 'node:net'
import type { ColumnType } from '../../../model/columnType.js'

/** JSON text of a value that an encoder has just written at `bytes[from…]`; `value` is what the event had. */
export type Normal = (bytes: Buffer, from: number, value: unknown) => string

/**
 * The one form in which a column's values stand in a topic, however they were sent: numbers and text as JSON has them,
 * integers beyond 2^53 and decimals as text so that no reader rounds them, times as ISO 8601 in UTC.
 */
export function normal(type: ColumnType): Normal {
  switch (type.kind) {
    case 'int':
      return integer(type.bits, type.signed)
    case 'float':
      return type.bits === 32
        ? (bytes, from) => float(bytes.readFloatLE(from))
        : (bytes, from) => float(bytes.readDoubleLE(from))
    case 'decimal':
      return decimal(type.precision, type.scale)
    case 'bool':
      return (bytes, from) => (bytes[from] === 1 ? 'true' : 'false')
    case 'string':
      return (bytes, from, value) => JSON.stringify(typeof value === 'string' ? value : readText(bytes, from))
    case 'uuid':
      return (bytes, from) => {
        const half = (at: number) =>
          Buffer.from(bytes.subarray(at, at + 8))
            .reverse()
            .toString('hex')
        const hex = half(from) + half(from + 8)
        return `"${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}"`
      }
    case 'date':
      return (bytes, from) => `"${new Date(bytes.readUInt16LE(from) * 86_400_000).toISOString().slice(0, 10)}"`
    case 'datetime':
      return (bytes, from) => `"${new Date(bytes.readUInt32LE(from) * 1000).toISOString().slice(0, 19)}Z"`
    case 'datetime64':
      return dateTime64(type.precision)
    case 'enum': {
      const names = new Map(type.values.map(({ name, code }) => [code & 0xff, JSON.stringify(name)]))
      return (bytes, from) => names.get(bytes[from]!)!
    }
    case 'ipv4':
      return (bytes, from) => `"${bytes[from + 3]}.${bytes[from + 2]}.${bytes[from + 1]}.${bytes[from]}"`
    case 'ipv6':
      return ipv6
    case 'lowCardinality':
      return normal(type.inner)
    case 'nullable': {
      const inner = normal(type.inner)
      return (bytes, from, value) => (bytes[from] === 1 ? 'null' : inner(bytes, from + 1, value))
    }
  }
}

function integer(bits: number, signed: boolean): Normal {
  if (bits <= 32) {
    const size = bits / 8
    return signed
      ? (bytes, from) => String(bytes.readIntLE(from, size))
      : (bytes, from) => String(bytes.readUIntLE(from, size))
  }
  if (bits > 64) return (bytes, from) => `"${wide(bytes, from, bits / 8, signed)}"`
  return (bytes, from) => {
    const high = signed ? bytes.readInt32LE(from + 4) : bytes.readUInt32LE(from + 4)
    const number = high * 4294967296 + bytes.readUInt32LE(from)
    if (Number.isSafeInteger(number)) return String(number)
    return `"${wide(bytes, from, 8, signed)}"`
  }
}

/** Finite: encoders take no others. */
const float = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

function decimal(precision: number, scale: number): Normal {
  const size = precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32
  return (bytes, from) => {
    const units = wide(bytes, from, size, true)
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`
    return units < 0n ? `"-${text}"` : `"${text}"`
  }
}

function dateTime64(precision: number): Normal {
  const perSecond = 10n ** BigInt(precision)
  return (bytes, from) => {
    const ticks = bytes.readBigInt64LE(from)
    let fraction = ticks % perSecond
    if (fraction < 0n) fraction += perSecond
    const seconds = new Date(Number((ticks - fraction) / perSecond) * 1000).toISOString().slice(0, 19)
    return precision === 0 ? `"${seconds}Z"` : `"${seconds}.${String(fraction).padStart(precision, '0')}Z"`
  }
}

const ipv6: Normal = (bytes, from) => {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(from + at * 2).toString(16))
  return `"${new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address}"`
}

/** A little-endian integer of a multiple of four bytes. */
function wide(bytes: Buffer, from: number, size: number, signed: boolean): bigint {
  let value = 0n
  for (let at = size - 4; at >= 0; at -= 4) value = (value << 32n) | BigInt(bytes.readUInt32LE(from + at))
  return signed ? BigInt.asIntN(size * 8, value) : value
}

/** A string as RowBinary has it: its length, then UTF-8. */
function readText(bytes: Buffer, from: number): string {
  let at = from
  let length = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    length |= (byte & 127) << shift
    if (byte < 128) return bytes.toString('utf8', at, at + length)
  }
}
