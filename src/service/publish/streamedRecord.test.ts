import { expect, test } from 'vitest'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { metric } from '../testing/fixture.js'
import { readingOf } from './streamedRecord.js'

const one = (region: string | null, value: number | null, exact: string | null = null) => ({
  by: { region },
  value,
  exact,
})
const record = (series: readonly object[] | null) => ({
  ...{ metric: 'm', timestamp: 1000, meaning: 'a', value: 6, exact: null },
  series: series && JSON.stringify(series),
})
const by: MetricConfig = {
  ...metric('shop', { name: 'm', value: 'sum(n)', windowMs: 1000, refreshMs: 250, by: true, empty: 0 }),
  limit: 3,
}

test('series come with the largest first, nulls last, equal ones by name', () => {
  const { series, truncated } = readingOf(by, record([one('us', 1), one(null, 1), one('eu', 1)]))
  expect(series).toEqual([
    { region: 'eu', value: 1 },
    { region: 'us', value: 1 },
    { region: null, value: 1 },
  ])
  expect(truncated).toBe(false)
})

test('one more than the limit is a cut, and digits stay', () => {
  const { series, truncated } = readingOf(by, record([one('a', null), one('b', 2, '2.10'), one('c', 3), one('d', 4)]))
  expect(series.map(({ region }) => region)).toEqual(['d', 'c', 'b'])
  expect(series[2]).toEqual({ region: 'b', value: 2, exact: '2.10' })
  expect(truncated).toBe(true)
})

test('without dimensions there is the total alone', () => {
  expect(readingOf({ ...by, by: [] }, record(null))).toMatchObject({ total: { value: 6 }, series: [] })
})
