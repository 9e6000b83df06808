/** Numbers from 0 to below 1, the same for the same seed. */
export type Random = () => number

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded by splitmix32. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
  let [a, b, c, counter] = [next(), next(), next(), 1]
  return () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4294967296
  }
}

/** A seed for one column, so that a column more or less changes no other. */
export function seedOf(seed: number, name: string): number {
  let hash = seed | 0
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash
}

/** Median `median`; about two thirds of the values lie within a factor of e^`spread` of it. */
export function logNormal(random: Random, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(spread * normal)
}

/** Ranks from 0 to below `count`, rank r about as often as 1 / (r + 1): few users do most of the clicking. */
export function zipf(random: Random, count: number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** random()) - 1)
}

/** Draws one of `items`, as often as its weight says. */
export function chooser<T>(items: readonly (readonly [T, number])[]): (random: Random) => T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0)
  const names = items.map(([item]) => item)
  let sum = 0
  const limits = Float64Array.from(items, ([, weight]) => {
    sum += weight
    return sum / total
  })
  return random => {
    const drawn = random()
    let at = 0
    while (at < names.length - 1 && drawn >= limits[at]!) at++
    return names[at]!
  }
}
