import { expect, test } from 'vitest'
import { assignSlots, rankSeries, seriesName, seriesValues } from './series.js'

const update = (values: Record<string, number | null>) => ({
  series: Object.entries(values).map(([region, value]) => ({ region, value })),
})

test('a series is named by its dimensions in the order of `by`', () => {
  expect(seriesName({ value: 1, service: 'api', region: 'eu' }, ['region', 'service'])).toBe('eu · api')
  expect(seriesName({ value: 1, region: null, service: '' }, ['region', 'service'])).toBe('none · empty')
})

test('series rank by mean size, names decide a tie', () => {
  const updates = [update({ us: 5, eu: 1, ap: 4 }), update({ us: 1, eu: 9, ap: 2 }), {}]
  expect(rankSeries(updates, ['region'])).toEqual(['eu', 'ap', 'us'])
})

test('a line keeps its slot when the order changes, and newcomers take the free ones', () => {
  const first = assignSlots([], ['a', 'b', 'c'], 3)
  expect(first).toEqual(['a', 'b', 'c'])
  expect(assignSlots(first, ['c', 'a', 'b'], 3)).toEqual(['a', 'b', 'c'])
  expect(assignSlots(first, ['d', 'c', 'a', 'b'], 3)).toEqual(['a', 'd', 'c'])
  expect(assignSlots(first, ['b'], 3)).toEqual([null, 'b', null])
})

test('values of one update by name', () => {
  expect([...seriesValues(update({ eu: 1, us: null }), ['region'])]).toEqual([
    ['eu', 1],
    ['us', null],
  ])
})
