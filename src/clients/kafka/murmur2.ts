const SEED = 0x9747b28c
const M = 0x5bd1e995

/** Kafka's own hash of a key (murmur2, 32 bits), so that a key is on the partition where a Java producer puts it. */
export function murmur2(key: Buffer): number {
  const { length } = key
  let hash = SEED ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let k = Math.imul(key.readInt32LE(at), M)
    k = Math.imul(k ^ (k >>> 24), M)
    hash = Math.imul(hash, M) ^ k
  }
  if (at < length) {
    for (let byte = length - 1; byte >= at; byte--) hash ^= key[byte]! << (8 * (byte - at))
    hash = Math.imul(hash, M)
  }
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

/** The partition of a key among `count`, as Java's default partitioner chooses it. */
export const partitionOf = (key: Buffer, count: number): number => (murmur2(key) & 0x7fffffff) % count
