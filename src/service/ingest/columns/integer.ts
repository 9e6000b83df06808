import { exactText } from '../exactText.js'
import { type Encode, show } from './encode.js'
import { scaledInteger } from './exactNumber.js'

const TEXT = /^-?\d{1,80}$/

/** Integers of 8 to 256 bits, from numbers or decimal text; beyond 2^53 every digit is kept. */
export function integer(bits: number, signed: boolean, path: readonly string[]): Encode {
  const size = bits / 8
  const low = signed ? -(2n ** BigInt(bits - 1)) : 0n
  const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n
  const [lowNumber, highNumber] = [Number(low), Number(high)]
  const range = (value: unknown) => `${show(value)} is outside ${signed ? 'Int' : 'UInt'}${bits} (${low} to ${high})`

  const big = (text: string, value: unknown, out: Parameters<Encode>[1]) => {
    const exact = scaledInteger(text, 0)
    if (exact === 'fraction') return `${show(value)} is not a whole number`
    if (exact === 'malformed' || exact < low || exact > high) return range(value)
    out.bigint(exact, size)
    return undefined
  }
  return (value, out, json) => {
    let number: number
    if (typeof value === 'number') number = value
    else if (typeof value === 'string' && TEXT.test(value)) {
      if (value.length > 15) return bits < 64 ? range(value) : big(value, value, out)
      number = Number(value)
    } else return `${show(value)} is not a whole number`
    if (!Number.isInteger(number)) {
      return Number.isFinite(number) ? `${show(value)} is not a whole number` : range(value)
    }
    if (bits <= 32) {
      if (number < lowNumber || number > highNumber) return range(value)
      out.int(number, size)
      return undefined
    }
    if (!Number.isSafeInteger(number)) {
      return big(exactText(json, path) ?? BigInt(number).toString(), value, out)
    }
    if (number < 0 && !signed) return range(value)
    out.int64(number)
    if (size > 8) for (let at = 8; at < size; at += 4) out.int(number < 0 ? -1 : 0, 4)
    return undefined
  }
}
