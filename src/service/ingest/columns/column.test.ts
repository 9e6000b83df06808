import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../../../embedded/testing.js'
import { configOf, createTables, shopSource, type TestIngest, testIngest } from '../testing.js'

// Every JSON value into every column type: it lands exactly as ClickHouse itself reads it back, or it is refused with
// its line and column, and no insert ever fails.

let ch: TestClickHouse
let run: TestIngest

const types = [
  'UInt8',
  'UInt16',
  'UInt32',
  'UInt64',
  'UInt128',
  'UInt256',
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'Int128',
  'Int256',
  'Float32',
  'Float64',
  'Decimal(9, 2)',
  'Decimal(18, 4)',
  'Decimal(38, 10)',
  'Decimal(76, 20)',
  'Bool',
  'String',
  'LowCardinality(String)',
  'LowCardinality(Nullable(String))',
  'Nullable(Int64)',
  'Nullable(Decimal(18, 4))',
  'UUID',
  'Date',
  "DateTime('UTC')",
  "DateTime64(0, 'UTC')",
  "DateTime64(3, 'UTC')",
  "DateTime64(6, 'UTC')",
  "DateTime64(9, 'UTC')",
  "Enum8('a' = 1, 'b' = -5)",
  'IPv4',
  'IPv6',
  'Nullable(UUID)',
  "Nullable(DateTime64(3, 'UTC'))",
  'Nullable(Bool)',
]
const columns = types.map((type, at) => ({ name: `c${at}`, type }))
const source = shopSource({
  timestamp: 'ts',
  accept: { olderMs: null, newerMs: Number.MAX_SAFE_INTEGER },
  columns: [{ name: 'n', type: 'UInt32' }, { name: 'ts', type: "DateTime64(3, 'UTC')", default: 0 }, ...columns],
})

beforeAll(async () => {
  ch = await testClickHouse()
  await createTables(ch.client, source)
  run = await testIngest(ch.client, configOf([source]), { limits: { windowMs: 0 } })
})
afterAll(async () => {
  await run.stop()
  await ch.stop()
})

/** JSON texts: also numbers that no double holds. */
const bigNumber = fc
  .tuple(fc.constantFrom('', '-'), fc.bigInt(1n, 10n ** 80n), fc.constantFrom('', '.5', '.25', 'e3', '.000'))
  .map(parts => parts.join(''))
const edge = fc.constantFrom(
  '0',
  '-0',
  '1e400',
  '-1e400',
  '255',
  '256',
  '-128',
  '-129',
  '65536',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '-9007199254740993',
  '18446744073709551615',
  '18446744073709551616',
  '-9223372036854775808',
  '0.1',
  '0.30000000000000004',
  '19.99',
  '12345678.005',
  '1e-7',
  '1767225600',
  '1767225600123',
  '1767225600.123456',
  '-1',
  '""',
  '"a"',
  '"b"',
  'null',
  'true',
  'false',
  '{}',
  '[]',
  '"18446744073709551615"',
  '"2026-02-29"',
  '"2024-02-29"',
  '"1969-12-31"',
  '"2026-01-01 00:00:00"',
  '"2026-01-01T00:00:00.123456789Z"',
  '"2026/01/31 23:59:59.9"',
  '"2026-01-01T00:00:00+05:30"',
  '"1900-01-01"',
  '"2299-12-31 23:59:59"',
  '"2300-01-01"',
  '"2106-02-07 06:28:15"',
  '"2106-02-07 06:28:16"',
  '"2149-06-06"',
  '"2149-06-07"',
  '"1.5"',
  '"nan"',
  '"::1"',
  '"::ffff:1.2.3.4"',
  '"10.0.0.1"',
  '"256.1.1.1"',
  '"2001:db8::1:2"',
  '"61f0c404-5cb3-11e7-907b-a6006ad3dba0"',
  '"x\\u0000y"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"é\\n\\t\\""',
)
const value = fc.oneof(
  { weight: 4, arbitrary: edge },
  { weight: 2, arbitrary: bigNumber },
  { weight: 1, arbitrary: bigNumber.map(text => `"${text}"`) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 1 }) },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map(at => JSON.stringify(at.toISOString())) },
  { weight: 1, arbitrary: fc.uuid().map(text => `"${text}"`) },
  { weight: 1, arbitrary: fc.ipV6().map(text => `"${text}"`) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)) },
)

/** Scale by which two spellings of one number are compared. */
function exactly(text: string): bigint | undefined {
  const found = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!found) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = found
  const scale = 100 + Number(exponent) - fraction.length
  if (scale < 0 || scale > 2000) return undefined
  return BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`) * 10n ** BigInt(scale)
}

/** Whether what ClickHouse gives back is what was sent, judged without the code under test. */
function same(type: string, sent: string, got: unknown): boolean {
  const plain = type.replace(/^(?:LowCardinality\(|Nullable\()+/, '')
  const json = JSON.parse(sent) as unknown
  if (got === null) return json === null && type.includes('Nullable')
  if (/^U?Int|^Decimal/.test(plain)) return exactly(typeof json === 'string' ? json : sent) === exactly(String(got))
  if (plain.startsWith('Float32')) return Math.fround(Number(json)) === Math.fround(Number(got))
  if (plain.startsWith('Float64')) return Number(json) === Number(got)
  if (plain.startsWith('Bool')) return [true, 1, 'true', '1'].includes(json as never) === got
  if (plain.startsWith('String')) return (typeof json === 'string' ? json.replace(LONE, '\ufffd') : sent) === got
  if (plain.startsWith('UUID'))
    return String(json).toLowerCase().replaceAll('-', '') === String(got).replaceAll('-', '')
  if (plain.startsWith('Enum8')) return json === got || (json === 1 && got === 'a') || (json === -5 && got === 'b')
  if (plain.startsWith('IPv4')) return json === got
  return true // times and IPv6 are compared by ClickHouse, below
}

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

let number = 0
let checked = 0

test('every JSON value lands exactly or is refused by line and column', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(columns.length - 1), value), { minLength: 200, maxLength: 200 }),
      async cells => {
        const lines = cells.map(([at, text], line) => `{"n":${number + line},"${columns[at]!.name}":${text}}`)
        const { status, body } = await run.post(lines.join('\n'), { 'content-type': 'application/x-ndjson' })
        expect(status).toBe(202)
        expect(body.accepted! + body.rejected!).toBe(cells.length)
        const dead = await ch.client.query<{ line: number; column: string; event: string }>(
          `SELECT line, column, event FROM shop.raw_events_dead_letters WHERE _batch = (SELECT max(_batch) FROM shop.raw_events_dead_letters WHERE event LIKE '{"n":${number + firstOf(body.errors)},%') ORDER BY line`,
        )
        expect(dead.map(({ line, column }) => [line, column])).toEqual(
          expect.arrayContaining(body.errors!.map(({ line, column }) => [line, column])),
        )
        for (const { line, column, event } of dead) {
          expect(column).toBe(columns[cells[line - 1]![0]]!.name)
          expect(event).toBe(lines[line - 1]!.replace(LONE, '\ufffd'))
        }
        const refused = new Set(dead.map(({ line }) => line - 1))
        const rows = await ch.client.query<Record<string, unknown>>(
          `SELECT * FROM shop.raw_events WHERE n >= ${number} AND n < ${number + cells.length}`,
        )
        expect(rows.length).toBe(cells.length - refused.size)
        for (const row of rows) {
          const [at, text] = cells[Number(row.n) - number]!
          const { name, type } = columns[at]!
          expect(same(type, text, row[name]), `${type} ${text} came back as ${row[name]}`).toBe(true)
        }
        number += cells.length
      },
    ),
    { numRuns: 60, endOnFailure: true },
  )
})

const firstOf = (errors: readonly { line: number }[] | undefined): number => (errors?.[0]?.line ?? 1) - 1

test.each([
  ['UInt64', '18446744073709551615', '18446744073709551615'],
  ['UInt64', '"18446744073709551615"', '18446744073709551615'],
  ['UInt64', '9007199254740993', '9007199254740993'],
  ['Int64', '-9223372036854775808', '-9223372036854775808'],
  ['Int8', '1e2', 100],
  ['UInt256', '1e30', `1${'0'.repeat(30)}`],
  ['Decimal(18, 4)', '19.99', '19.99'],
  ['Decimal(18, 4)', '"12345678901234.5678"', '12345678901234.5678'],
  ['Decimal(38, 10)', '1234567890123456789.0123456789', '1234567890123456789.0123456789'],
  ['Float64', '"1.5"', 1.5],
  ['Bool', '1', true],
  ['String', '12345678901234567890.10', '12345678901234567890.10'],
  ['String', '"\\u0000\\ud83d\\ude00"', '\u0000😀'],
  ['Nullable(Int64)', 'null', null],
  ['Date', '"2026/01/31"', '2026-01-31'],
  ["DateTime('UTC')", '1767225600', '2026-01-01 00:00:00'],
  ["DateTime('UTC')", '1767225600123', '2026-01-01 00:00:00'],
  ["DateTime64(3, 'UTC')", '1767225600.123', '2026-01-01 00:00:00.123'],
  ["DateTime64(6, 'UTC')", '"1767225600.123456"', '2026-01-01 00:00:00.123456'],
  ["DateTime64(9, 'UTC')", '"2026-01-01T00:00:00.123456789Z"', '2026-01-01 00:00:00.123456789'],
  ["DateTime64(3, 'UTC')", '"1900-01-01"', '1900-01-01 00:00:00.000'],
  ["Enum8('a' = 1, 'b' = -5)", '"b"', 'b'],
  ['IPv6', '"10.0.0.1"', '::ffff:10.0.0.1'],
])('%s takes %s', async (type, text, expected) => {
  const { name } = columns.find(column => column.type === type)!
  const at = 4_200_000_000 + checked++
  expect(await run.post(`{"n":${at},"${name}":${text}}`)).toMatchObject({ body: { accepted: 1 } })
  const rows = await ch.client.query(`SELECT ${name} AS got FROM shop.raw_events WHERE n = ${at}`)
  expect(rows).toEqual([{ got: expected }])
})

test('times and addresses are read as ClickHouse reads them', async () => {
  const texts = [
    '20260131',
    '20260131123456',
    'Sat, 31 Jan 2026 12:34:56 GMT',
    '31 Jan 2026 12:34:56',
    '2026-01-31',
    '2026/01/31',
    '2026-01-31 12:34:56',
    '2026-01-31T12:34:56Z',
    '2026-01-31T12:34:56.7',
    '2026-01-31 12:34:56.789',
    '2026/01/31 12:34:56.789',
    '2026-01-31T12:34:56.789+05:30',
    '2026-01-31T12:34:56-0800',
    '2026-01-31T12:34:56.123456',
    '2000-02-29T00:00:00Z',
    '1999-12-31 23:59:59.999',
    '1970-01-01',
    '2025-12-31T23:59:59.999Z',
    '1767225600',
    '1767225600123',
  ]
  const seconds = columns.find(({ type }) => type === "DateTime64(3, 'UTC')")!.name
  const micros = columns.find(({ type }) => type === "DateTime64(6, 'UTC')")!.name
  const { body } = await run.post(
    texts.map((text, at) => JSON.stringify({ n: 4_000_000_000 + at, [seconds]: text, [micros]: text })).join('\n'),
  )
  expect(body).toMatchObject({ accepted: texts.length, rejected: 0 })
  const rows = await ch.client.query<{ n: number; millis: string; micros: string }>(
    `SELECT n, ${seconds} AS millis, ${micros} AS micros FROM shop.raw_events WHERE n >= 4000000000 AND n < 4100000000 ORDER BY n`,
  )
  const expected = await ch.client.query<{ millis: string; micros: string }>(
    `SELECT parseDateTime64BestEffort(t, 3, 'UTC') AS millis, parseDateTime64BestEffort(t, 6, 'UTC') AS micros FROM
     (SELECT arrayJoin(arrayEnumerate({texts:Array(String)}) AS positions) AS at, {texts:Array(String)}[at] AS t) ORDER BY at`,
    { texts },
  )
  expect(rows.map(({ millis, micros }) => ({ millis, micros }))).toEqual(expected)

  const addresses = [
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '1:2:3:4:5:6:7:8',
    '::ffff:10.1.2.3',
    '64:ff9b::192.0.2.33',
    'fe80::1:0:0:2',
  ]
  const v6 = columns.find(({ type }) => type === 'IPv6')!.name
  await run.post(addresses.map((text, at) => JSON.stringify({ n: 4_100_000_000 + at, [v6]: text })).join('\n'))
  const got = await ch.client.query<{ same: boolean }>(
    `SELECT ${v6} = toIPv6({texts:Array(String)}[n - 4100000000 + 1]) AS same FROM shop.raw_events WHERE n >= 4100000000 AND n < 4200000000`,
    { texts: addresses },
  )
  expect(got.length).toBe(addresses.length)
  expect(got.every(({ same }) => Boolean(same))).toBe(true)
})
