import { expect, test } from 'vitest'
import { durationText, windowText } from './words.js'

test('windows and durations in words', () => {
  expect(['5m', '1s', '1h', '1d', 'day', 'fortnight'].map(windowText)).toEqual([
    'last 5 min',
    'last 1 s',
    'last 1 h',
    'last 1 day',
    'today',
    'fortnight',
  ])
  expect([250, 5_000, 300_000, 5_400_000].map(durationText)).toEqual(['250 ms', '5 s', '5 min', '1.5 h'])
})
