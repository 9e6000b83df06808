import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gridColumns, packSpans } from './layout.js'

test.each([
  [6, 26, 1],
  [6, 90, 3],
  [1, 90, 1],
  [60, 140, 8],
  [60, 26, 1],
  [16, 140, 4],
])('%i cells on %i rem: %i columns', (cells, width, columns) => {
  expect(gridColumns(cells, width)).toBe(columns)
})

test('the five storefront metrics fill two rows of three', () => {
  expect(packSpans([2, 1, 1, 1, 1], 3)).toEqual([2, 1, 1, 1, 1])
})

test('every row is full, and no cell is smaller than it wants where there is room', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(1, 2), { minLength: 1 }),
      fc.integer({ min: 1, max: 8 }),
      (wanted, columns) => {
        const spans = packSpans(wanted, columns)
        expect(spans).toHaveLength(wanted.length)
        let filled = 0
        for (const [i, span] of spans.entries()) {
          expect(span).toBeGreaterThanOrEqual(Math.min(wanted[i]!, columns))
          filled += span
          expect(filled).toBeLessThanOrEqual(columns)
          if (filled === columns) filled = 0
        }
        expect(filled).toBe(0)
      },
    ),
  )
})
