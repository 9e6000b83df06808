import { expect, test } from 'vitest'
import { parseInstant } from './instant.js'

const now = Date.UTC(2026, 10, 24, 12)

test.each([
  ['2026-11-01', Date.UTC(2026, 10, 1)],
  ['2026-11-01T10:30', Date.UTC(2026, 10, 1, 10, 30)],
  ['2026-11-01 10:30:05.250', Date.UTC(2026, 10, 1, 10, 30, 5, 250)],
  ['2026-11-01T10:30:00+02:00', Date.UTC(2026, 10, 1, 8, 30)],
  ['2026-11-01T10:30:00Z', Date.UTC(2026, 10, 1, 10, 30)],
  ['36h', Date.UTC(2026, 10, 23, 0)],
  ['2d', Date.UTC(2026, 10, 22, 12)],
])('%s', (text, ms) => expect(parseInstant(text, now)).toBe(ms))

test.each(['yesterday', '2026-13-01', '2026-11', '1764000000', ''])('%s is none', text =>
  expect(() => parseInstant(text, now)).toThrow('is no instant'),
)
