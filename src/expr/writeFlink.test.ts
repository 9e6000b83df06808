import { createRequire } from 'node:module'
import type * as SqlParser from 'dt-sql-parser'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRow } from './parse.js'
import { COLUMN_TYPES, rowText } from './testing/arbitrary.js'
import { columns } from './testing/columns.js'
import { propertyOptions } from './testing/propertyOptions.js'
import { writeRowFlink } from './writeFlink.js'

// dt-sql-parser is published as modules that Node cannot resolve; tsx can.
const tsx = createRequire(import.meta.url)('tsx/cjs/api') as { require(id: string, from: string): typeof SqlParser }
const { FlinkSQL } = tsx.require('dt-sql-parser', import.meta.filename)
const COLUMNS = columns(COLUMN_TYPES)

/** Flink takes a backslash as it is, this parser as an escape; and it does not know all functions. */
function forParser(sql: string): string {
  return sql.replaceAll('\\', '/').replaceAll(/\b(CHAR_LENGTH|TO_TIMESTAMP_LTZ)\(/g, 'ABS(')
}

test('everything written parses as Flink SQL', () => {
  const parser = new FlinkSQL()
  let valid = 0
  const check = fc.property(rowText, text => {
    const parsed = parseRow(text, COLUMNS)
    if (!parsed.ok) return
    valid++
    const sql = `SELECT ${forParser(writeRowFlink(parsed.expr))} FROM t;`
    expect(parser.validate(sql).map(error => `${error.message}: ${sql}`)).toEqual([])
  })
  fc.assert(check, propertyOptions(150))
  expect(valid).toBeGreaterThan(60)
}, 600_000)

test.each([
  ['u64 + 1', 'CAST(`u64` AS DECIMAL(38, 0)) + 1'],
  ['i32 / i64', 'CAST(`i32` AS DOUBLE) / NULLIF(CAST(`i64` AS DOUBLE), 0E0)'],
  ['i32 % 10', 'MOD(CAST(`i32` AS BIGINT), 10)'],
  ["text like 'a~\\%\\\\%'", "`text` LIKE 'a~~~%\\%' ESCAPE '~'"],
  ["at3 > '2026-01-01'", '`at3` > TO_TIMESTAMP_LTZ(1767225600000, 3)'],
  ["kind = 'it''s'", "`kind` = 'it''s'"],
  ['if(flag, 1, null)', 'CASE WHEN `flag` THEN 1 ELSE CAST(NULL AS SMALLINT) END'],
  ["v6 = '::FFFF:1.2.3.4'", "`v6` = '::ffff:1.2.3.4'"],
  ['f64 > 0.05', '`f64` > 0.05E0'],
])('%s becomes %s', (text, sql) => {
  const parsed = parseRow(text, COLUMNS)
  expect(parsed.ok && writeRowFlink(parsed.expr)).toBe(sql)
})
