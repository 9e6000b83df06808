import type { COLUMN_TYPES } from './arbitrary.js'

const integers = (bits: number, signed: boolean): string[] => {
  const min = signed ? -(1n << BigInt(bits - 1)) : 0n
  const max = (1n << BigInt(signed ? bits - 1 : bits)) - 1n
  const values = [min, max, 0n, 1n, min + 1n, 7n, ...(signed ? [-1n, -7n] : [])]
  return values.map(value => `to${signed ? '' : 'U'}Int${bits}('${value}')`)
}

const decimals = (precision: number, scale: number): string[] => {
  const digits = '9'.repeat(precision)
  const whole = digits.slice(scale) || '0'
  const max = scale > 0 ? `${whole}.${'9'.repeat(scale)}` : whole
  const small = scale > 0 ? `0.${'0'.repeat(scale - 1)}1` : '1'
  return [max, `-${max}`, '0', small, `-${small}`].map(text => `CAST('${text}', 'Decimal(${precision}, ${scale})')`)
}

const floats = (bits: 32 | 64): string[] =>
  ['nan', 'inf', '-inf', '0', '-0.', '0.05', '1e308', '-1e308', '5e-324', '9007199254740993', '-1', '2.5', '1e38'].map(
    text => `toFloat${bits}(${text})`,
  )

const texts = [
  "''",
  "'a'",
  "'%'",
  "'ÄÖü€😀'",
  "unhex('ff41c3')",
  "'\\0\\n\\t\\\\'",
  "repeat('x', 10000)",
  "'2026-01-01'",
  "'it\\'s'",
]
const times = [
  '1900-01-01 00:00:00',
  '1970-01-01 00:00:00',
  '2026-03-29 01:30:00',
  '2299-12-31 23:59:59',
  '2262-04-11 23:47:16',
]
const time64 = (scale: number): string[] => {
  const digits = scale > 0 ? `.${'9'.repeat(scale)}` : ''
  const list = scale === 9 ? times.filter(time => time < '2262').concat('2262-04-11 23:47:15') : times
  return list.map(time => `toDateTime64('${time}${time < '2262-04-11 23:47:16' ? digits : ''}', ${scale}, 'UTC')`)
}
const dates = ["toDate('1970-01-01')", "toDate('2149-06-06')", "toDate('2026-01-31')"]
const uuids = [
  "'00000000-0000-0000-0000-000000000000'",
  "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
  "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
]
const addresses = ["'::'", "'::1'", "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'", "'::ffff:1.2.3.4'"]

/** The values at the edges of each test column's type, as ClickHouse's SQL. */
export const EXTREMES: Record<keyof typeof COLUMN_TYPES, readonly string[]> = {
  i8: integers(8, true),
  i16: integers(16, true),
  i32: integers(32, true),
  i64: integers(64, true),
  i128: integers(128, true),
  i256: integers(256, true),
  u8: integers(8, false),
  u16: integers(16, false),
  u32: integers(32, false),
  u64: integers(64, false),
  u128: integers(128, false),
  u256: integers(256, false),
  f32: floats(32),
  f64: floats(64),
  d9: decimals(9, 2),
  d18: decimals(18, 4),
  d38: decimals(38, 10),
  d76: decimals(76, 20),
  d76i: decimals(76, 0),
  d76f: decimals(76, 76),
  flag: ['true', 'false'],
  text: texts,
  low: texts,
  lownull: [...texts, 'NULL'],
  id: uuids,
  id2: [...uuids, 'NULL'],
  day: dates,
  at: ["toDateTime(0, 'UTC')", "toDateTime(4294967295, 'UTC')", "toDateTime(1767225600, 'UTC')"],
  at0: time64(0),
  at3: time64(3),
  at6: time64(6),
  at9: time64(9),
  kind: ["'a'", "'it\\'s'", "''"],
  v4: ["'0.0.0.0'", "'255.255.255.255'", "'255.0.0.1'"],
  v6: addresses,
  ni64: [...integers(64, true), 'NULL'],
  nu64: [...integers(64, false), 'NULL'],
  nf64: [...floats(64), 'NULL'],
  nd38: [...decimals(38, 10), 'NULL'],
  nflag: ['true', 'false', 'NULL'],
  ntext: [...texts, 'NULL'],
  nday: [...dates, 'NULL'],
  nat9: [...time64(9), 'NULL'],
  nkind: ["'a'", "'b'", 'NULL'],
  nv6: [...addresses, 'NULL'],
}
