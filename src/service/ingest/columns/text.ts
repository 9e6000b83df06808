import type { EnumValue } from '../../../model/columnType.js'
import { exactText } from '../exactText.js'
import { type Encode, show } from './encode.js'

/** Text; numbers as they were written, and true or false. */
export function text(path: readonly string[]): Encode {
  return (value, out, json) => {
    if (typeof value === 'string') out.string(value)
    else if (typeof value === 'number') out.string(exactText(json, path) ?? String(value))
    else if (typeof value === 'boolean') out.string(String(value))
    else return `${show(value)} is not text`
    return undefined
  }
}

/** One of the names of an enumeration, or its code. */
export function enumeration(values: readonly EnumValue[]): Encode {
  const codes = new Map<unknown, number>()
  for (const { code } of values) codes.set(code, code)
  for (const { name, code } of values) codes.set(name, code)
  const some = values.slice(0, 8).map(({ name }) => `'${name}'`)
  const known = `one of ${some.join(', ')}${values.length > 8 ? ', …' : ''}`
  return (value, out) => {
    const code = codes.get(value)
    if (code === undefined) return `${show(value)} is not ${known}`
    out.int(code, 1)
    return undefined
  }
}

const BOOLS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  [true, 1],
  [1, 1],
  ['true', 1],
  ['1', 1],
  [false, 0],
  [0, 0],
  ['false', 0],
  ['0', 0],
])

export const bool: Encode = (value, out) => {
  const bit = BOOLS.get(value)
  if (bit === undefined) return `${show(value)} is not true or false`
  out.int(bit, 1)
  return undefined
}
