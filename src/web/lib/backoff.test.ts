import { expect, test } from 'vitest'
import { backoffDelay } from './backoff.js'

test('waits grow, have a limit, and are spread', () => {
  expect(backoffDelay(0, () => 0)).toBe(250)
  expect(backoffDelay(0, () => 1)).toBe(500)
  expect(backoffDelay(3, () => 1)).toBe(4_000)
  expect(backoffDelay(99, () => 1)).toBe(20_000)
})
