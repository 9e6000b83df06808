import { expect, test } from 'vitest'
import { partitionAt, partitionsOf } from './range.js'

const at = (text: string): number => Date.parse(text)

test.each([
  ['toYYYYMMDD(bucket)', '2028-02-29T23:59:59.999Z', '20280229', '2028-02-29T00:00Z', '2028-03-01T00:00Z'],
  ['toYYYYMM(bucket)', '2026-12-31T23:59:59Z', '202612', '2026-12-01T00:00Z', '2027-01-01T00:00Z'],
  ['toYear(bucket)', '2026-01-01T00:00:00Z', '2026', '2026-01-01T00:00Z', '2027-01-01T00:00Z'],
] as const)('the partition of %s at %s', (key, instant, id, from, to) =>
  expect(partitionAt(key, at(instant))).toEqual({ id, from: at(from), to: at(to) }),
)

test('a range that ends where a partition begins does not touch it', () => {
  const range = { from: at('2026-10-31T12:00Z'), to: at('2026-12-01T00:00Z') }
  expect(partitionsOf('toYYYYMM(bucket)', range).map(({ id }) => id)).toEqual(['202610', '202611'])
  expect(partitionsOf('toYYYYMMDD(bucket)', range)).toHaveLength(31)
})
