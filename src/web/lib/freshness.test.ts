import { expect, test } from 'vitest'
import { ageText, freshness, worst } from './freshness.js'

const promise = { latencyMs: 1_000, refreshMs: 250 }

test.each([
  [1_250, 'fresh'],
  [1_251, 'late'],
  [2_500, 'late'],
  [2_501, 'stale'],
  [-50, 'fresh'],
] as const)('a value %i ms old is %s', (age, state) => {
  expect(freshness({ timestamp: 10_000 }, promise, 10_000 + age)).toBe(state)
})

test('what the service calls stale is stale however young', () => {
  expect(freshness({ timestamp: 10_000, stale: true }, promise, 10_000)).toBe('stale')
})

test('without a value one waits', () => {
  expect(freshness(null, promise, 0)).toBe('waiting')
})

test('the whole is as bad as its worst part', () => {
  expect(worst(['fresh', 'late', 'waiting'])).toBe('late')
  expect(worst(['fresh', 'stale', 'late'])).toBe('stale')
  expect(worst([])).toBe('fresh')
})

test.each([
  [-5, '0.0 s'],
  [340, '0.3 s'],
  [9_949, '9.9 s'],
  [9_960, '10 s'],
  [59_600, '1 min'],
  [240_000, '4 min'],
  [3_580_000, '1 h'],
  [200_000_000, '2 d'],
])('%i ms reads %s', (age, text) => {
  expect(ageText(age)).toBe(text)
})
