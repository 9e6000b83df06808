import fc from 'fast-check'

// Random expressions as text. Each generator yields source of one type, so that most of what it makes is well typed.

/** A column of every type that a source may have, named after it. */
export const COLUMN_TYPES = {
  i8: 'Int8',
  i16: 'Int16',
  i32: 'Int32',
  i64: 'Int64',
  i128: 'Int128',
  i256: 'Int256',
  u8: 'UInt8',
  u16: 'UInt16',
  u32: 'UInt32',
  u64: 'UInt64',
  u128: 'UInt128',
  u256: 'UInt256',
  f32: 'Float32',
  f64: 'Float64',
  d9: 'Decimal(9, 2)',
  d18: 'Decimal(18, 4)',
  d38: 'Decimal(38, 10)',
  d76: 'Decimal(76, 20)',
  d76i: 'Decimal(76, 0)',
  d76f: 'Decimal(76, 76)',
  flag: 'Bool',
  text: 'String',
  low: 'LowCardinality(String)',
  lownull: 'LowCardinality(Nullable(String))',
  id: 'UUID',
  id2: 'Nullable(UUID)',
  day: 'Date',
  at: 'DateTime',
  at0: 'DateTime64(0)',
  at3: 'DateTime64(3)',
  at6: 'DateTime64(6)',
  at9: 'DateTime64(9)',
  kind: "Enum8('a' = -128, 'it\\'s' = 0, '' = 127)",
  v4: 'IPv4',
  v6: 'IPv6',
  ni64: 'Nullable(Int64)',
  nu64: 'Nullable(UInt64)',
  nf64: 'Nullable(Float64)',
  nd38: 'Nullable(Decimal(38, 10))',
  nflag: 'Nullable(Bool)',
  ntext: 'Nullable(String)',
  nday: 'Nullable(Date)',
  nat9: 'Nullable(DateTime64(9))',
  nkind: "Nullable(Enum8('a' = 1, 'b' = 2))",
  nv6: 'Nullable(IPv6)',
} as const

const of = (...names: (keyof typeof COLUMN_TYPES)[]): fc.Arbitrary<string> => fc.constantFrom<string>(...names)

const words = (parts: readonly string[]): string => parts.join(' ')

const numbers = of(
  ...(['i8', 'i16', 'i32', 'i64', 'i128', 'i256', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'f32', 'f64'] as const),
  ...(['d9', 'd18', 'd38', 'd76', 'd76i', 'd76f', 'ni64', 'nu64', 'nf64', 'nd38'] as const),
)
const texts = of('text', 'low', 'lownull', 'ntext', 'kind', 'nkind')
const times = of('day', 'at', 'at0', 'at3', 'at6', 'at9', 'nday', 'nat9')
const ints = of('i8', 'i32', 'i64', 'i128', 'i256', 'u8', 'u32', 'u64', 'u128', 'u256', 'ni64', 'nu64')

const numberLiteral = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.bigInt({ min: 0n, max: 2n ** 256n }).map(String),
  fc.tuple(fc.nat(), fc.nat({ max: 999_999 })).map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom(
    '0',
    '1',
    '0.0',
    '0.05',
    '1.50',
    '1e3',
    '2.5e-7',
    '1e300',
    '128',
    '9223372036854775808',
    '18446744073709551616',
  ),
)
const signedLiteral = fc.oneof(
  numberLiteral,
  numberLiteral.map(text => `-${text}`),
)
const textLiteral = fc
  .oneof(fc.string({ maxLength: 8 }), fc.constantFrom('', "it's", 'a\\b', 'a\nb\tc\r', '\0', 'ä€😀', '`', "\\'", '%'))
  .map(text => `'${text.replaceAll("'", "''")}'`)
const timeLiteral = fc.constantFrom(
  ...["'2026-01-31'", "'1970-01-01'", "'2149-06-06'", "'2026-01-31 12:30'", "'1900-01-01 00:00:00'"],
  ...["'2261-12-31T23:59:59.999Z'", "'2026-03-29 02:30:00.5+01:00'"],
)
const pattern = fc
  .array(fc.constantFrom('a', '%', '_', '\\%', '\\_', '\\\\', "''", 'ä', '\n'), { maxLength: 6 })
  .map(parts => `'${parts.join('')}'`)
const compareOp = fc.constantFrom('=', '!=', '<>', '<', '<=', '>', '>=')
const sameOp = fc.constantFrom('=', '!=')
const not = fc.constantFrom('', 'not ')

interface Texts {
  number: string
  integer: string
  string: string
  time: string
  condition: string
}

const { number, string, time, condition } = fc.letrec<Texts>((tie: fc.LetrecTypedTie<Texts>) => {
  const n = tie('number')
  const s = tie('string')
  const t = tie('time')
  const c = tie('condition')
  const branches = (value: fc.Arbitrary<string>): fc.Arbitrary<string>[] => [
    fc.tuple(c, value, value).map(([when, then, other]) => `if(${when}, ${then}, ${other})`),
    fc.tuple(c, value).map(([when, then]) => `case when ${when} then ${then} end`),
    fc.tuple(c, value, c, value).map(([a, x, b, y]) => `case when ${a} then ${x} when ${b} then ${y} else null end`),
    fc.tuple(value, value).map(([a, b]) => `coalesce(${a}, ${b})`),
    fc.tuple(value, value).map(([a, b]) => `coalesce(null, ${a}, ${b})`),
  ]
  const compare = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(value, compareOp, value).map(([a, op, b]) => `${a} ${op} ${b}`)
  const between = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(value, not, value, value).map(([x, no, a, b]) => `${x} ${no}between ${a} and ${b}`)
  const within = (value: fc.Arbitrary<string>, literal: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(value, not, fc.array(literal, { minLength: 1, maxLength: 4 }))
      .map(([x, no, list]) => `${x} ${no}in (${list.join(', ')})`)
  const paren = (value: fc.Arbitrary<string>): fc.Arbitrary<string> => value.map(text => `(${text})`)
  return {
    integer: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      ints,
      fc
        .tuple(tie('integer'), fc.constantFrom('+', '-', '*', '%'), tie('integer'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(tie('integer'), fc.constantFrom('-1', '0', '10', '340282366920938463463374607431768211455'))
        .map(([a, b]) => `${a} % ${b}`),
      s.map(text => `length(${text})`),
    ),
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: numbers, weight: 6 },
      { arbitrary: signedLiteral, weight: 2 },
      fc.tuple(n, fc.constantFrom('+', '-', '*', '/'), n).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(n, fc.constantFrom('+', '-', '*', '/'), n, fc.constantFrom('+', '-', '*', '/'), n)
        .map(parts => `(${words(parts)})`),
      n.map(text => `-${text}`),
      n.map(text => `-(${text})`),
      fc.tuple(fc.constantFrom('abs', 'round', 'floor', 'ceil', 'ROUND'), n).map(([fn, x]) => `${fn}(${x})`),
      fc.tuple(n, fc.nat({ max: 9 })).map(([x, digits]) => `round(${x}, ${digits})`),
      tie('integer'),
      ...branches(n),
    ),
    string: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { arbitrary: texts, weight: 5 },
      textLiteral,
      fc.tuple(fc.constantFrom('lower', 'upper'), s).map(([fn, x]) => `${fn}(${x})`),
      ...branches(s),
    ),
    time: fc.oneof({ maxDepth: 3, withCrossShrink: true }, { arbitrary: times, weight: 5 }, ...branches(t)),
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: of('flag', 'nflag'), weight: 2 },
      fc.constantFrom('true', 'false', 'null is null'),
      compare(n),
      compare(s),
      compare(t),
      fc.tuple(t, compareOp, timeLiteral).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc
        .tuple(of('id', 'id2'), sameOp, fc.constantFrom('id', 'id2', "'61f0c404-5cb3-11e7-907b-A6006AD3DBA0'"))
        .map(words),
      fc
        .tuple(of('v4'), compareOp, fc.constantFrom("'255.0.0.1'", 'v4'))
        .map(([a, op, b]) => `${a} ${op === '<' ? '=' : '!='} ${b}`),
      fc.tuple(of('v6', 'nv6'), sameOp, fc.constantFrom("'::1'", "'2001:DB8::'", 'v6', 'nv6')).map(words),
      fc.tuple(of('kind'), sameOp, fc.constantFrom("'a'", "'it''s'", "''", 'kind', 'text')).map(words),
      fc.tuple(c, sameOp, c).map(([a, op, b]) => `(${a}) ${op} (${b})`),
      between(n),
      between(s),
      between(t),
      fc.tuple(t, timeLiteral, timeLiteral).map(([x, a, b]) => `${x} between ${a} and ${b}`),
      within(n, signedLiteral),
      within(of('text', 'low', 'lownull', 'ntext'), textLiteral),
      within(of('kind'), fc.constantFrom("'a'", "'it''s'")),
      within(t, timeLiteral),
      within(of('flag', 'nflag'), fc.constantFrom('true', 'false')),
      within(of('v6', 'nv6'), fc.constantFrom("'::1'", "'::ffff:1.2.3.4'")),
      fc.tuple(s, not, pattern).map(([x, no, like]) => `${x} ${no}like ${like}`),
      fc.tuple(fc.oneof(n, s, t, paren(c)), not).map(([x, no]) => `${x} is ${no}null`),
      c.map(text => `not ${text}`),
      fc.tuple(c, fc.constantFrom('and', 'or'), c).map(([a, op, b]) => `${a} ${op} ${b}`),
      fc.tuple(c, fc.constantFrom('and', 'or'), paren(c)).map(([a, op, b]) => `${a} ${op} ${b}`),
      ...branches(c),
    ),
  }
})

/** Source text of a row expression of any type. Some of it is ill typed: text and enum literals may not fit. */
export const rowText: fc.Arbitrary<string> = fc.oneof(
  number,
  string,
  time,
  condition,
  of('id', 'v4', 'v6', 'nv6', 'kind'),
)

const aggregate = fc.oneof(
  fc.constant('count()'),
  rowText.map(text => `count(${text})`),
  fc.tuple(fc.constantFrom('sum', 'avg', 'min', 'max'), number).map(([fn, x]) => `${fn}(${x})`),
  fc.tuple(fc.double({ min: 0.001, max: 0.999, noNaN: true }), number).map(([level, x]) => `quantile(${level}, ${x})`),
  fc.tuple(fc.constantFrom('uniq', 'uniq_exact'), rowText).map(([fn, x]) => `${fn}(${x})`),
)
const filtered = fc.oneof(
  aggregate,
  fc.tuple(aggregate, condition).map(([agg, where]) => `${agg} filter (where ${where})`),
)

/** Source text of a measure. */
export const measureText: fc.Arbitrary<string> = fc.letrec<{ measure: string }>(tie => ({
  measure: fc.oneof(
    { maxDepth: 3 },
    filtered,
    filtered.map(text => `per_second(${text})`),
    fc.tuple(tie('measure'), fc.constantFrom('+', '-', '*', '/'), tie('measure')).map(words),
    fc.tuple(tie('measure'), numberLiteral).map(([a, b]) => `-(${a}) * ${b}`),
    tie('measure').map(text => `(${text})`),
  ),
})).measure
