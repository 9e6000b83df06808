import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { columnTypeText, parseColumnType } from './columnType.js'
import { flinkType, isExactInFlink } from './flinkType.js'
import { COLUMN_TYPES } from './testing/arbitrary.js'
import { columns } from './testing/columns.js'

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

test('every type is spelled as ClickHouse spells it, and read back', async () => {
  const types = [...columns(COLUMN_TYPES)].map(([name, type]) => ({ name, type, text: columnTypeText(type) }))
  await ch.client.command(
    `CREATE TABLE spelled (${types.map(({ name, text }) => `${name} ${text}`).join(', ')}) ENGINE = Memory`,
  )
  const stored = await ch.client.query(`SELECT name, type FROM system.columns WHERE table = 'spelled'`)
  expect(stored).toEqual(types.map(({ name, text }) => ({ name, type: text })))
  for (const { type, text } of types) expect(parseColumnType(text)).toEqual({ ok: true, type })
})

test.each([
  ['Nullable(Nullable(Int8))', 'one is enough'],
  ['Nullable(LowCardinality(String))', 'the other way round'],
  ['LowCardinality(Float64)', 'without it'],
  ['LowCardinality(Date)', 'without it'],
  ['Int7', 'there is no type Int7'],
  ['int32', 'did you mean Int32?'],
  ['datetime', 'did you mean DateTime?'],
  ['Array(String)', 'there is no type Array(String)'],
  ['Decimal(77, 2)', '1 to 76 digits'],
  ['Decimal(4, 5)', '1 to 76 digits'],
  ['DateTime64(10)', 'digits of a second'],
  ["DateTime64(3, 'Europe/Berlin')", 'stored in UTC'],
  ["Enum8('a' = 200)", 'between -128 and 127'],
  ["Enum8('a' = 1, 'a' = 2)", 'twice'],
  ["Enum8('a' = 1, 'b' = 1)", 'twice'],
  ['Enum8()', 'at least one'],
  ["Enum8('a',)", 'comma'],
  ['String(3)', 'there is no type'],
  ['', 'not a column type'],
  ['Int8; DROP TABLE t', 'not a column type'],
])('%s is refused', (text, message) => {
  const parsed = parseColumnType(text)
  expect(!parsed.ok && parsed.message).toContain(message)
})

test('an enum without numbers counts on', () => {
  const parsed = parseColumnType("Enum8('a', 'b' = 5, 'c')")
  expect(parsed.ok && columnTypeText(parsed.type)).toBe("Enum8('a' = 1, 'b' = 5, 'c' = 6)")
})

test.each([
  ['UInt8', 'SMALLINT', true],
  ['Int8', 'TINYINT', true],
  ['UInt32', 'BIGINT', true],
  ['UInt64', 'DECIMAL(20, 0)', true],
  ['Int128', 'DECIMAL(38, 0)', false],
  ['Decimal(38, 4)', 'DECIMAL(38, 4)', true],
  ['Decimal(39, 4)', 'DOUBLE', false],
  ['LowCardinality(Nullable(String))', 'STRING', true],
  ['DateTime64(3)', 'TIMESTAMP_LTZ(3)', true],
  ["Enum8('a')", 'STRING', true],
])('%s is %s in Flink', (text, flink, exact) => {
  const parsed = parseColumnType(text)
  expect(parsed.ok && [flinkType(parsed.type), isExactInFlink(parsed.type)]).toEqual([flink, exact])
})
