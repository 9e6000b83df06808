import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import type { RowExpr } from '../model/expr.js'
import { columnTypeText } from './columnType.js'
import { exactOf } from './exactType.js'
import { parseRow } from './parse.js'
import { COLUMN_TYPES, rowText } from './testing/arbitrary.js'
import { columns } from './testing/columns.js'
import { createExtremeTable } from './testing/extremeTable.js'
import { propertyOptions } from './testing/propertyOptions.js'
import { writeRowClickHouse } from './writeClickHouse.js'

const COLUMNS = columns(COLUMN_TYPES)
let ch: TestClickHouse

beforeAll(async () => {
  ch = await testClickHouse()
  await createExtremeTable(ch.client)
})
afterAll(() => ch.stop())

function typed(text: string): RowExpr | undefined {
  const parsed = parseRow(text, COLUMNS)
  return parsed.ok ? parsed.expr : undefined
}

/** Every row's value as text, and ClickHouse's own name for the expression's type. */
async function evaluate(expr: RowExpr): Promise<{ type: string; values: (string | null)[] }> {
  const rows = await ch.client.query<{ type: string; value: string | null }>(
    `SELECT toTypeName(x) AS type, toString(x) AS value FROM (SELECT ${writeRowClickHouse(expr)} AS x FROM t)`,
  )
  return { type: rows[0]!.type, values: rows.map(row => row.value) }
}

/** Null is possible where the model says so; text may be LowCardinality, and a condition a UInt8. */
function allowedTypes(expr: RowExpr): string[] {
  const exact = exactOf(expr.type)
  if (exact === undefined) return ['Nullable(Nothing)']
  const names = exact.kind === 'bool' ? ['Bool', 'UInt8'] : [exact.kind === 'enum' ? 'String' : columnTypeText(exact)]
  return names.flatMap(name => (expr.type.nullable ? [name, `Nullable(${name})`] : [name]))
}

test('what is written is accepted, never throws on extreme values, and has the type that the tree says', async () => {
  let valid = 0
  const check = fc.asyncProperty(rowText, async text => {
    const expr = typed(text)
    if (!expr) return
    valid++
    const { type } = await evaluate(expr)
    expect(allowedTypes(expr)).toContain(type.replace(/^LowCardinality\((.*)\)$/, '$1'))
  })
  await fc.assert(check, propertyOptions(800))
  expect(valid).toBeGreaterThan(400)
}, 600_000)

/** Pairs of texts that mean the same, by the definition of SQL. */
const EQUIVALENT: readonly (readonly [string, string])[] = [
  ...(['i8', 'u256', 'ni64', 'd9', 'nd38', 'f64'] as const).flatMap(x => [
    [`${x} in (-1, 0, 1, 7.5, 128)`, `${x} = -1 or ${x} = 0 or ${x} = 1 or ${x} = 7.5 or ${x} = 128`] as const,
    [`${x} not in (0.5, 300)`, `not (${x} = 0.5 or ${x} = 300)`] as const,
    [`${x} between -1 and 0.05`, `${x} >= -1 and ${x} <= 0.05`] as const,
    [`${x} not between u8 and d18`, `not (${x} >= u8 and ${x} <= d18)`] as const,
    [`${x} / 0 is null`, 'true'] as const,
    [`abs(${x}) >= 0 or ${x} is null or ${x} != ${x}`, 'true'] as const,
    [`-(-${x}) = ${x} or ${x} is null or ${x} != ${x}`, 'true'] as const,
  ]),
  ["text in ('a', 'x')", "text = 'a' or text = 'x'"],
  ["lownull not in ('a')", "not (lownull = 'a')"],
  ["nat9 in ('1970-01-01')", "nat9 = '1970-01-01'"],
  ["at in ('2026-01-01', '1970-01-01')", "at = '2026-01-01' or at = '1970-01-01'"],
  ["day in ('1970-01-01', '1970-01-01 00:00:01')", "day = '1970-01-01'"],
  ["nkind in ('a')", "nkind = 'a'"],
  ["at3 between '1970-01-01' and '2026-12-31'", "at3 >= '1970-01-01' and at3 <= '2026-12-31'"],
  ['case when nflag then 1 else 2 end', 'if(nflag is not null and nflag, 1, 2)'],
  ['ni64 % 0 is null and i64 % 0 is null', 'true'],
  ['i64 % 7 - i64 % 7', '0 * i64'],
  ['i64 + i64 - i64 = i64 and u64 * u64 >= u64 and u64 - u128 <= u64', 'true'],
  ['coalesce(ni64, i64) = i64 or ni64 is not null', 'true'],
  ["text like '%' and not text not like '%'", 'true'],
  ["text like '\\%'", "text = '%'"],
  ["v6 = '::ffff:1.2.3.4'", "v6 = '::FFFF:0102:0304'"],
]

test.each(EQUIVALENT)('%s means %s', async (left, right) => {
  const [a, b] = [typed(left), typed(right)]
  if (!a || !b) throw new Error('the test is ill typed')
  const asNumbers = (values: readonly (string | null)[]): (string | null)[] =>
    values.map(value => (value === 'true' ? '1' : value === 'false' ? '0' : value))
  const evaluated = await evaluate(a)
  expect(evaluated.values.length).toBeGreaterThan(30)
  expect(asNumbers(evaluated.values)).toEqual(asNumbers((await evaluate(b)).values))
})

test('the longest and deepest expressions are accepted', async () => {
  const deep = (open: string, inner: string, close: string, times: number): string =>
    open.repeat(times) + inner + close.repeat(times)
  const texts = [
    Array.from({ length: 400 }, (_, i) => `i64 = ${i}`).join(' or '),
    Array.from({ length: 60 }, () => 'd18').join(' + '),
    Array.from({ length: 60 }, () => 'u64').join(' - '),
    deep('coalesce(abs(', 'ni64', '), 1)', 30),
    deep('(1.5 + ', 'd9', ')', 60),
    deep('not (', 'flag', ')', 60),
    deep('if(', 'flag', ', flag, nflag)', 60),
    deep('1 / (1 + ', 'f64', ')', 8),
    deep('if(', 'i64', ' between 1 and 2, 3, 4)', 6),
    `u64 in (${Array.from({ length: 5_000 }, (_, i) => i).join(', ')})`,
  ]
  for (const text of texts) {
    const parsed = parseRow(text, COLUMNS)
    if (!parsed.ok) throw new Error(`${text.slice(0, 40)}: ${parsed.errors[0]?.message}`)
    await evaluate(parsed.expr)
  }
})
