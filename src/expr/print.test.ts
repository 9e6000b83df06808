import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMeasure, parseRow } from './parse.js'
import { printMeasure, printRow } from './print.js'
import { COLUMN_TYPES, measureText, rowText } from './testing/arbitrary.js'
import { columns } from './testing/columns.js'
import { propertyOptions } from './testing/propertyOptions.js'

const COLUMNS = columns(COLUMN_TYPES)

test('parse, print, parse gives the same tree, and printing is settled', () => {
  let valid = 0
  const check = fc.property(rowText, text => {
    const parsed = parseRow(text, COLUMNS)
    if (!parsed.ok) return
    valid++
    const printed = printRow(parsed.expr)
    expect(parseRow(printed, COLUMNS)).toEqual(parsed)
    expect(printed.length).toBeLessThanOrEqual(text.length * 3 + 40)
  })
  fc.assert(check, propertyOptions(1_000))
  expect(valid).toBeGreaterThan(300)
})

test('the same for measures', () => {
  let valid = 0
  const check = fc.property(measureText, text => {
    const parsed = parseMeasure(text, COLUMNS)
    if (!parsed.ok) return
    valid++
    expect(parseMeasure(printMeasure(parsed.expr), COLUMNS)).toEqual(parsed)
  })
  fc.assert(check, propertyOptions(500))
  expect(valid).toBeGreaterThan(100)
})

test.each([
  ['a=1 AND(b<>2)', 'a = 1 and b != 2'],
  ['((a + b)) * 3 - (4 - 5)', '(a + b) * 3 - (4 - 5)'],
  ['a - (b - a) - b', 'a - (b - a) - b'],
  ['NOT (NOT flag)', 'not not flag'],
  ['(a = 1) = (b = 2)', '(a = 1) = (b = 2)'],
  ['- -a', '-(-a)'],
  ['a not in(1,02)', 'a not in (1, 2)'],
  ['IF(flag,1,2)', 'case when flag then 1 else 2 end'],
  ['"end" like \'x%\'', '"end" like \'x%\''],
  ['"a" = 1E+3', 'a = 1e3'],
  ["text = 'it''s'", "text = 'it''s'"],
  ['flag and (flag and flag) or flag', 'flag and (flag and flag) or flag'],
  ['(flag or flag) and flag', '(flag or flag) and flag'],
])('%s is printed as %s', (text, printed) => {
  const parsed = parseRow(text, columns({ a: 'Int64', b: 'Int64', flag: 'Bool', text: 'String', end: 'String' }))
  expect(parsed.ok && printRow(parsed.expr)).toBe(printed)
})
