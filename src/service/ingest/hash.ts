import { createHash, randomBytes } from 'node:crypto'

/** 64 bits of a text, the same in every process: what `_batch` and `_key` hold. Never 0, which means none. */
export function hash64(text: string): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64LE() || 1n
}

/** 64 bits as two halves: no BigInt on the way of each event. */
export interface Halves {
  low: number
  high: number
}

/** A key for `keyedHash`. */
export function newHashKey(): Halves {
  const bytes = randomBytes(8)
  return { low: bytes.readUInt32LE(0), high: bytes.readUInt32LE(4) }
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

/**
 * HalfSipHash-2-4 with 64 bits of output (Aumasson and Bernstein, reference halfsiphash.c) of `bytes[from, to)`: nobody
 * without the key can make two ids collide.
 */
export function keyedHash(bytes: Uint8Array, from: number, to: number, key: Halves, into: Halves): void {
  let v0 = key.low
  let v1 = key.high ^ 0xee
  let v2 = 0x6c796765 ^ key.low
  let v3 = 0x74656462 ^ key.high
  const round = () => {
    v0 = (v0 + v1) | 0
    v1 = rotate(v1, 5) ^ v0
    v0 = rotate(v0, 16)
    v2 = (v2 + v3) | 0
    v3 = rotate(v3, 8) ^ v2
    v0 = (v0 + v3) | 0
    v3 = rotate(v3, 7) ^ v0
    v2 = (v2 + v1) | 0
    v1 = rotate(v1, 13) ^ v2
    v2 = rotate(v2, 16)
  }
  const take = (word: number) => {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }
  let at = from
  for (; at + 4 <= to; at += 4) {
    take(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
  }
  let last = (to - from) << 24
  for (let shift = 0; at < to; at++, shift += 8) last |= bytes[at]! << shift
  take(last)
  v2 ^= 0xee
  for (let i = 0; i < 4; i++) round()
  into.low = (v1 ^ v3) >>> 0
  v1 ^= 0xdd
  for (let i = 0; i < 4; i++) round()
  into.high = (v1 ^ v3) >>> 0
}
