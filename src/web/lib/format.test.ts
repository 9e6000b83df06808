import { expect, test } from 'vitest'
import { axisText, formatValue, shortText, valueText } from './format.js'

const NBSP = '\u00a0'
test.each([
  [184, 'req/s', `184${NBSP}req/s`],
  [184, '1/s', `184${NBSP}/s`],
  [183.62, 'req/s', `184${NBSP}req/s`],
  [4.5, '', '4.50'],
  [45.5, '', '45.5'],
  [8, '', '8'],
  [0, '', '0'],
  [0.01234, '', '0.0123'],
  [12_345, '', '12,345'],
  [1_234_567, '', '1.23M'],
  [-2_500_000_000, '', '-2.50B'],
  [0.0246, 'ratio', '2.46%'],
  [2.46, '%', '2.46%'],
  [0.05, '%', '0.05%'],
  [46_131.4, 'EUR', '€46,131'],
  [9.9, 'EUR', '€9.90'],
  [12_345_678, 'EUR', '€12.35M'],
  [1_250, 'JPY', '¥1,250'],
  [193.6, 'ms', `194${NBSP}ms`],
  [1_500, 'ms', `1.50${NBSP}s`],
  [0.25, 's', `250${NBSP}ms`],
  [90, 's', `1.50${NBSP}min`],
  [0, 'ms', `0${NBSP}ms`],
  [0.5, 'ms', `500${NBSP}µs`],
  [1_536, 'bytes', `1.54${NBSP}kB`],
  [3_200_000, 'B', `3.20${NBSP}MB`],
  [5, 'XYZ', `5${NBSP}XYZ`],
  [Number.POSITIVE_INFINITY, 'ms', '–'],
  [null, 'EUR', '–'],
  [undefined, '', '–'],
])('%s in %s is %s', (value, unit, text) => {
  expect(valueText(value, unit, 'en')).toBe(text)
})

test('a currency stands where the locale puts it', () => {
  expect(formatValue(1_234, 'EUR', 'de')).toEqual({ before: '', digits: '1.234', after: '€' })
  expect(formatValue(1_234, 'EUR', 'en')).toEqual({ before: '€', digits: '1,234', after: '' })
})

test('tables leave out a plain unit and keep one that scales', () => {
  expect(shortText(184, 'req/s', 'en')).toBe('184')
  expect(shortText(1_500, 'ms', 'en')).toBe(`1.50${NBSP}s`)
})

test.each([
  [2.5, '%', '2.5%'],
  [46_000, 'EUR', '€46,000'],
  [0.5, 'EUR', '€0.5'],
  [40_000, 'users', '40,000'],
  [1_500_000, '', '1.5M'],
])('axis: %s in %s is %s', (value, unit, text) => {
  expect(axisText(value, unit, 'en')).toBe(text)
})
