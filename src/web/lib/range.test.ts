import { expect, test } from 'vitest'
import { historyRequest } from './range.js'

test('history is asked for in about 300 points, on multiples of the refresh', () => {
  const now = 1_767_225_600_123
  expect(historyRequest('live', 250, now)).toBeNull()
  expect(historyRequest('5m', 250, now)).toEqual({ from: 1_767_225_300_000, to: 1_767_225_600_000, step: 1_000 })
  expect(historyRequest('24h', 300_000, now)).toMatchObject({ step: 300_000 })
  expect(historyRequest('1h', 5_000, now)).toMatchObject({ step: 15_000 })
})
