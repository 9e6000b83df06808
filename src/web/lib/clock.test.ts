import { expect, test } from 'vitest'
import { boundsFromDate, boundsFromTimestamp, narrow, offsetOf, UNKNOWN_CLOCK } from './clock.js'

const T = Date.parse('2026-03-01T12:00:00Z')
const HEADER = 'Sun, 01 Mar 2026 12:00:00 GMT'

test('a right clock needs no offset', () => {
  expect(offsetOf(UNKNOWN_CLOCK)).toBe(0)
  expect(offsetOf(boundsFromDate(HEADER, T + 300, T + 320))).toBe(0)
})

test('a local clock an hour behind is corrected to within the header’s second', () => {
  const local = T - 3_600_000 + 400
  const offset = offsetOf(boundsFromDate(HEADER, local, local + 20))
  expect(Math.abs(offset - 3_600_000)).toBeLessThanOrEqual(1_000)
})

test('an update from our future pulls the clock forward', () => {
  expect(offsetOf(narrow(UNKNOWN_CLOCK, boundsFromTimestamp(T, T - 5_000)))).toBe(5_000)
})

test('bounds that contradict what was known replace it', () => {
  expect(narrow({ low: 0, high: 1_000 }, { low: 5_000, high: 6_000 })).toEqual({ low: 5_000, high: 6_000 })
  expect(narrow({ low: 0, high: 1_000 }, { low: 400, high: 2_000 })).toEqual({ low: 400, high: 1_000 })
})

test('a broken header says nothing', () => {
  expect(boundsFromDate('soon', 0, 0)).toEqual(UNKNOWN_CLOCK)
})
