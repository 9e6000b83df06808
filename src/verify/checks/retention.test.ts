import { expect, it } from 'vitest'
import { partitionEnd } from './retention.js'

it.each([
  ['toYYYYMMDD(ingested_at)', '20260228', '2026-03-01'],
  ['toYYYYMM(bucket)', '202612', '2027-01-01'],
  ['toYear(bucket)', '2026', '2027-01-01'],
  ['', 'tuple()', undefined],
  ['topic', '20260228', undefined],
])('partition by %s: %s ends at %s', (partitionBy, partition, end) => {
  expect(partitionEnd(partitionBy, partition)).toBe(end && Date.parse(end))
})
