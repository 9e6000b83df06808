import { expect, test } from 'vitest'
import { durationFix, durationText, parseDuration } from './duration.js'

test.each([
  ['250ms', 250],
  ['0s', 0],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['90d', 7_776_000_000],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', '1.5h', '5 m', '-1s', '1h30m', '2w', '5M', '9999999999999999s'])('%j is no duration', text => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  ['5', 'write 5s for seconds, 5ms for milliseconds'],
  ['1.5h', 'write 90m'],
  ['1h30m', 'write 90m'],
  ['5 minutes', 'write 5m'],
  ['2w', 'write 14d'],
  ['0.25s', 'write 250ms'],
])('%s: %s', (text, fix) => {
  expect(durationFix(text)).toBe(fix)
})

test('what cannot be guessed has no fix of its own', () => {
  for (const text of ['soon', '5 parsecs', '0', '9'.repeat(100)]) expect(durationFix(text)).toBeUndefined()
})

test('the text is the shortest that means the same', () => {
  for (const [ms, text] of [
    [250, '250ms'],
    [60_000, '1m'],
    [5_400_000, '90m'],
    [86_400_000, '1d'],
    [0, '0ms'],
  ] as const) {
    expect(durationText(ms)).toBe(text)
  }
})
