import { expect, test } from 'vitest'
import { parseCondition, parseMeasure, parseRow, parseWhere } from './parse.js'
import { columns } from './testing/columns.js'
import { aggregatesOf, columnsOf } from './walk.js'

const COLUMNS = columns({
  event_type: 'LowCardinality(String)',
  value: 'Float64',
  ts: 'DateTime64(3)',
  day: 'Date',
  user_id: 'UInt64',
  price: 'Decimal(12, 2)',
  kind: "Enum8('a' = 1, 'b' = 2)",
  flag: 'Bool',
  id: 'UUID',
})

/** Code and marked text of each finding. */
function findings(text: string, parse: typeof parseRow | typeof parseMeasure): string[] {
  const parsed = parse(text, COLUMNS)
  if (parsed.ok) return []
  return parsed.errors.map(({ code, range }) => `${code} ${text.slice(range.start, range.end)}`)
}

test.each([
  ["count() filter (where event_typ = 'error') / count()", ['unknown-column event_typ']],
  ['value * 2', ['missing-aggregate value']],
  ['1 + 2', ['missing-aggregate 1 + 2']],
  ['count() > 3', ['missing-aggregate count() > 3']],
  ['sum(sum(value))', ['nested-aggregate sum(value)']],
  ['per_second(per_second(count()))', ['nested-aggregate per_second(per_second(count()))']],
  ['sum(value) filter (where count() > 1)', ['aggregate-in-where count()']],
  ['quantile(99, value)', ['quantile-level 99']],
  ['quantile(1, value) + quantile(value)', ['quantile-level 1', 'wrong-arguments quantile(value)']],
  ['sun(value)', ['unknown-function sun']],
  ['sum(event_type) + avg(flag)', ['type-mismatch event_type', 'type-mismatch flag']],
  ['count(null)', ['type-mismatch null']],
  ['min(id)', ['type-mismatch id']],
  ['first(event_type) + 1', ['type-mismatch first(event_type)']],
  ['count() % 2', ['type-mismatch count() % 2']],
  ['sum(value', ['syntax ']],
  ['count(*)', ['syntax *']],
  ['', ['syntax ']],
])('measure %s', (text, expected) => {
  expect(findings(text, parseMeasure)).toEqual(expected)
})

test.each([
  ['user_i = 1 and valu > 2', ['unknown-column user_i', 'unknown-column valu']],
  ["kind = 'c' or kind in ('a', 'd')", ["type-mismatch 'c'", "type-mismatch 'd'"]],
  ["ts > 'yesterday'", ["type-mismatch 'yesterday'"]],
  ["ts > '2026-02-30'", ["type-mismatch '2026-02-30'"]],
  ["id = 'x' and id > id", ["type-mismatch 'x'", 'type-mismatch id']],
  ["value = '1'", ["type-mismatch '1'"]],
  ['value = flag', ['type-mismatch flag']],
  ['value = null', ['type-mismatch null']],
  ['value in (user_id)', ['wrong-arguments user_id']],
  ['value % 2 = 1', ['type-mismatch value % 2']],
  ["event_type like 'a\\'", ["wrong-arguments 'a\\'"]],
  ['event_type like event_type', ['wrong-arguments event_type']],
  ['round(value, 10) > foo(1)', ['wrong-arguments 10', 'unknown-function foo']],
  ["lower(value) = 'x'", ['type-mismatch value']],
  ['if(value, 1, 2)', ['type-mismatch value']],
  ["case when flag then 1 else 'x' end", ["type-mismatch 'x'"]],
  ['value == 1', ['syntax =']],
  ["event_type = 'open", ["syntax '"]],
  ['value = 1e999', ['type-mismatch 1e999']],
])('row %s', (text, expected) => {
  expect(findings(text, parseRow)).toEqual(expected)
})

test('a slip of the pen is named', () => {
  const parsed = parseRow("event_typ = 'error'", COLUMNS)
  expect(!parsed.ok && parsed.errors[0]).toEqual({
    code: 'unknown-column',
    message: 'no column "event_typ"',
    range: { start: 0, end: 9 },
    fix: 'did you mean "event_type"?',
  })
})

test('where wants a condition, an alert has one over its value', () => {
  const where = parseWhere('value + 1', COLUMNS)
  expect(!where.ok && where.errors.map(error => error.code)).toEqual(['type-mismatch'])
  expect(parseCondition('value > 0.05 and value is not null').ok).toBe(true)
  expect(parseCondition('val > 0.05').ok).toBe(false)
})

test('aggregates and columns are found', () => {
  const parsed = parseMeasure("sum(price) filter (where kind = 'a') / per_second(count(value)) - avg(price)", COLUMNS)
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message)
  expect(aggregatesOf(parsed.expr).map(aggregate => aggregate.fn)).toEqual(['sum', 'count', 'avg'])
  expect(columnsOf(parsed.expr)).toEqual(['price', 'kind', 'value'])
})

test.each([
  ...['(', 'not ', '-', 'abs(', 'case when ', 'if(', 'flag and ', 'value + ', 'not (', 'value in (', '((flag)'],
])('64 KiB of %s end in an error at once', piece => {
  const text = piece.repeat(Math.floor(65_536 / piece.length))
  const start = performance.now()
  expect(parseRow(text, COLUMNS).ok).toBe(false)
  expect(parseRow(`${text.slice(0, -10)} flag`, COLUMNS).ok).toBe(false)
  // Milliseconds on a quiet machine; the bound only tells linear from exponential.
  expect(performance.now() - start).toBeLessThan(5_000)
})
