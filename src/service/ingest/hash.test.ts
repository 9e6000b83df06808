import { expect, test } from 'vitest'
import { hash64, keyedHash } from './hash.js'

// The first vectors of the reference implementation: key 00 01 … 07, input 00 01 …
test.each([
  [0, '218d1f59b9b83cc8'],
  [1, 'be552412f8387315'],
  [2, '064f39ef7c50eb57'],
])('HalfSipHash of %i bytes', (count, expected) => {
  const bytes = Uint8Array.from({ length: count }, (_, at) => at)
  const into = { low: 0, high: 0 }
  keyedHash(bytes, 0, count, { low: 0x03020100, high: 0x07060504 }, into)
  const out = Buffer.alloc(8)
  out.writeUInt32LE(into.low, 0)
  out.writeUInt32LE(into.high, 4)
  expect(out.toString('hex')).toBe(expected)
})

test('the hash of a text stays what it is: raw rows keep it', () => {
  expect(hash64('order-1')).toBe(hash64('order-1'))
  expect(hash64('order-1')).not.toBe(hash64('order-2'))
  expect(hash64('a')).toBe(14608863320967583690n)
})
