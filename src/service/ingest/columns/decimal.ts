import { type Encode, show } from './encode.js'
import { allExact, numberText, scaledInteger } from './exactNumber.js'

/** Decimals, exactly, from numbers or text. More digits after the point than the scale has are refused, never rounded. */
export function decimal(precision: number, scale: number, path: readonly string[]): Encode {
  const size = precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32
  const limit = 10n ** BigInt(precision)
  const type = `Decimal(${precision}, ${scale})`
  const factor = 10 ** scale
  const quick = precision <= 15 ? 10 ** precision : 0

  return (value, out, json) => {
    if (typeof value === 'number' && quick > 0) {
      const units = Math.round(value * factor)
      // A double has one shortest decimal of up to 15 digits: when dividing gives the double back, these are its digits.
      if (Math.abs(units) < quick && units / factor === value && allExact(json)) {
        if (size === 4) out.int(units, 4)
        else out.int64(units)
        return undefined
      }
    }
    if (typeof value !== 'number' && typeof value !== 'string') return `${show(value)} is not a number`
    const text = typeof value === 'number' ? numberText(value, json, path) : value
    const units = scaledInteger(text, scale)
    if (units === 'malformed') return `${show(value)} is not a number that fits ${type}`
    if (units === 'fraction')
      return `${show(value)} has more than ${scale} digits after the point, so ${type} would round it`
    if (units >= limit || units <= -limit) return `${show(value)} has more digits than ${type} holds`
    out.bigint(units, size)
    return undefined
  }
}
