import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRing } from './ring.js'

test('an empty ring has no last item', () => {
  const ring = createRing<{ timestamp: number }>(3)
  expect(ring.last).toBeUndefined()
  expect(ring.toArray()).toEqual([])
})

test('it keeps the newest items in order, each once, whatever comes twice or late', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 1, max: 60 })), (capacity, times) => {
      const ring = createRing<{ timestamp: number }>(capacity)
      let kept: number[] = []
      for (const timestamp of times) {
        const next = [...new Set([...kept, timestamp])].sort((a, b) => a - b).slice(-capacity)
        expect(ring.insert({ timestamp })).toBe(next.includes(timestamp) && !kept.includes(timestamp))
        kept = next
      }
      expect(ring.toArray().map(item => item.timestamp)).toEqual(kept)
      expect(ring.last?.timestamp).toBe(kept.at(-1))
      expect(ring.size).toBe(kept.length)
    }),
  )
})
