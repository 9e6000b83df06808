import { exactText } from '../exactText.js'

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/
/** More digits than any column holds; longer texts are refused before they cost time. */
const LONGEST = 400

/** What kept a number from being exact: not a number at all, or digits past the scale. */
export type Inexact = 'malformed' | 'fraction'

/** `text` × 10^`scale` as an integer, exactly. */
export function scaledInteger(text: string, scale: number): bigint | Inexact {
  const found = text.length <= LONGEST ? NUMBER.exec(text) : null
  if (!found) return 'malformed'
  const [, sign, whole, fraction = '', exponent = '0'] = found
  const digits = whole! + fraction
  const shift = Number(exponent) - fraction.length + scale
  if (/^0+$/.test(digits)) return 0n
  if (shift > LONGEST) return 'malformed'
  const kept = shift < 0 ? digits.slice(0, Math.max(0, digits.length + shift)) : digits + '0'.repeat(shift)
  if (shift < 0 && /[1-9]/.test(digits.slice(kept.length))) return 'fraction'
  return sign === '-' ? -BigInt(kept || '0') : BigInt(kept || '0')
}

/** Sixteen digits in a row or an exponent: only then can a double differ from what was written. */
const ROUNDED = /[\d.]{16}|\d[eE]/

/** The digits of a JSON number as they were written, or of its double where those are the same. */
export function numberText(value: number, json: string, path: readonly string[]): string {
  return ROUNDED.test(json) ? (exactText(json, path) ?? String(value)) : String(value)
}

/** True when the double of each number in this event is just what was written. */
export const allExact = (json: string): boolean => !ROUNDED.test(json)
