import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeenTable } from './seenTable.js'

test('remembers, forgets and expires as a plain map would', () => {
  const step = fc.record({
    low: fc.nat(30),
    high: fc.nat(3),
    wait: fc.constantFrom(0, 0, 1, 4),
    release: fc.boolean(),
    burst: fc.constantFrom(0, 0, 0, 900),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), steps => {
      const table = new SeenTable(10)
      const model = new Map<string, number>()
      let now = 1000
      let other = 1000
      for (const { low, high, wait, release, burst } of steps) {
        now += wait
        const key = `${low}/${high}`
        const seen = model.has(key) && now - model.get(key)! < 10
        expect(table.claim(low, high, now)).toBe(seen)
        if (!seen) model.set(key, now)
        if (release) {
          table.release(low, high)
          model.delete(key)
        }
        for (let i = 0; i < burst; i++) table.claim(other++, 7, now)
      }
    }),
    { numRuns: 50 },
  )
})

test('memory is bounded by what has not expired', () => {
  const table = new SeenTable(10, true)
  for (let second = 0; second < 500; second++)
    for (let i = 0; i < 100; i++) table.claim(second * 100 + i, 1, second, i, 2)
  expect(table.bytes).toBeLessThan(200_000)
  expect(table.counts(499 * 100 + 5, 1, 499)).toEqual({ first: 5, second: 2 })
  expect(table.counts(1, 1, 499)).toBeUndefined()
})
