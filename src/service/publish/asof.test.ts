import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asofAt, instantText, nextBeat, pastInstants } from './asof.js'

const beat = { refreshMs: 5000, settleMs: 1000 }

test('an instant is due a settle time after it ends', () => {
  const end = Date.parse('2026-01-01T00:00:05Z')
  expect([
    asofAt(end + 999, beat),
    asofAt(end + 1000, beat),
    nextBeat(end + 999, beat),
    nextBeat(end + 1000, beat),
  ]).toEqual([end - 5000, end, end + 1000, end + 6000])
})

test('at any time, the next beat is the first moment with another instant', () => {
  const now = fc.integer({ min: 0, max: 2 ** 42 })
  const any = fc.record({
    refreshMs: fc.integer({ min: 1, max: 86_400_000 }),
    settleMs: fc.constantFrom(200, 1000, 5000),
  })
  fc.assert(
    fc.property(now, any, (t, b) => {
      const next = nextBeat(t, b)
      expect(next).toBeGreaterThan(t)
      expect(asofAt(next, b)).toBe(asofAt(t, b) + b.refreshMs)
      expect(asofAt(next - 1, b)).toBe(asofAt(t, b))
    }),
  )
})

test('instants as text and in a row', () => {
  expect(instantText(1_767_225_600_250)).toBe('2026-01-01 00:00:00.250')
  expect(pastInstants(1000, 250, 3)).toEqual([500, 750, 1000])
})
