import { type Encode, show } from './encode.js'

const NUMBER = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/

/** Floats from numbers or numeric text; what is not finite does not fit. */
export const float = (bits: 32 | 64): Encode => {
  return (value, out) => {
    const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value
    if (typeof number !== 'number') return `${show(value)} is not a number`
    const stored = bits === 32 ? Math.fround(number) : number
    if (!Number.isFinite(stored)) return `${show(value)} is outside Float${bits}`
    if (bits === 32) out.float32(stored)
    else out.float64(stored)
    return undefined
  }
}
