import { expect, test } from 'vitest'
import type { Update } from '../update.js'
import { keep } from './frame.js'
import { createRing, KEPT, type Ring } from './ring.js'

const update = (timestamp: number): Update => ({ metric: 'm', value: timestamp, timestamp })
const append = (ring: Ring, ...stamps: number[]) => {
  for (const t of stamps) ring.append(update(t), keep(update(t)))
}
const stamps = (ring: Ring, after = -1) => ring.after(after).map(({ timestamp }) => timestamp)

test('gives what came after an instant, in order', () => {
  const ring = createRing()
  append(ring, 10, 20, 30)
  expect([stamps(ring), stamps(ring, 10), stamps(ring, 15), stamps(ring, 30)]).toEqual([
    [10, 20, 30],
    [20, 30],
    [20, 30],
    [],
  ])
  expect(ring.latest()).toEqual(update(30))
})

test('keeps at least the last 300, and not many more', () => {
  const ring = createRing()
  for (let t = 1; t <= 5000; t++) {
    append(ring, t)
    const kept = stamps(ring)
    expect(kept.at(-1)).toBe(t)
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(t, KEPT))
    expect(kept.length).toBeLessThan(KEPT + 100)
  }
})

test('history goes before what is there, never over it', () => {
  const ring = createRing()
  append(ring, 50, 60)
  ring.fill([30, 40, 50, 60, 70].map(update))
  expect(stamps(ring)).toEqual([30, 40, 50, 60])
  expect(ring.latest()).toEqual(update(60))
  const full = createRing()
  append(full, ...Array.from({ length: KEPT }, (_, i) => 1000 + i))
  full.fill([1, 2].map(update))
  expect(stamps(full)).toHaveLength(KEPT)
  const empty = createRing()
  empty.fill([1, 2].map(update))
  expect(empty.latest()).toEqual(update(2))
})
