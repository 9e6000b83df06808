import { expect, test } from 'vitest'
import { extend, toColumns, valueRange } from './columns.js'

test('total and series become columns, what is absent is null', () => {
  const points = [
    {
      timestamp: 1_000,
      value: 3,
      series: [
        { region: 'eu', value: 2 },
        { region: 'us', value: 1 },
      ],
    },
    { timestamp: 2_000, value: 5, series: [{ region: 'eu', value: 5 }] },
    { timestamp: 3_000, value: null },
  ]
  expect(toColumns(points, ['region'], ['eu', null, 'us'], 1_000)).toEqual([
    [1_000, 2_000, 3_000],
    [3, 5, null],
    [2, 5, null],
    [null, null, null],
    [1, null, null],
  ])
})

test('a pause is a gap', () => {
  const points = [
    { timestamp: 0, value: 1 },
    { timestamp: 1_000, value: 2 },
    { timestamp: 10_000, value: 3 },
  ]
  expect(toColumns(points, [], [], 1_000)).toEqual([
    [0, 1_000, 5_500, 10_000],
    [1, 2, null, 3],
  ])
})

test('a past that is thin throughout has no gaps', () => {
  const thin = [0, 5_000, 10_000, 15_000, 16_000, 17_000].map(timestamp => ({ timestamp, value: 1 }))
  expect(toColumns(thin, [], [], 1_000)[0]).toEqual([0, 5_000, 10_000, 15_000, 16_000, 17_000])
})

test('live points follow history at its step, the newest always', () => {
  const past = [
    { timestamp: 0, value: 1 },
    { timestamp: 10_000, value: 2 },
  ]
  const live = Array.from({ length: 30 }, (_, i) => ({ timestamp: 5_000 + i * 1_000, value: i }))
  expect(extend(past, live, 10_000).map(point => point.timestamp)).toEqual([0, 10_000, 20_000, 30_000, 34_000])
  expect(extend([], live.slice(0, 1), 10_000)).toEqual(live.slice(0, 1))
})

test.each([
  [20, 200, 0],
  [-5, 5, -6.2],
  [7, 7, 0],
  [0, 0, 0],
])('range of %d to %d begins at %d', (low, high, from) => {
  const [bottom, top] = valueRange(low, high)
  expect(bottom).toBeCloseTo(from)
  expect(top).toBeGreaterThan(high)
})

test('far from zero the range stays close to the values', () => {
  const [bottom, top] = valueRange(1_000, 1_100)
  expect(bottom).toBeGreaterThan(950)
  expect(top).toBeLessThan(1_150)
})
