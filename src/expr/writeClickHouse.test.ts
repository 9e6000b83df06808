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
