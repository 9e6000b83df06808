import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Encoded } from './encoded.js'
import { createDecoder } from './eventDecoder.js'
import { readRecords } from './records.js'
import { shopSource } from './testing.js'

const TYPES = [
  ...['Int8', 'UInt16', 'Int32', 'UInt32', 'Int64', 'UInt64', 'Int128', 'UInt256', 'Float32', 'Float64', 'Bool'],
  ...['Decimal(9, 2)', 'Decimal(38, 10)', 'Decimal(76, 0)', 'String', 'LowCardinality(String)', 'UUID', 'IPv4', 'IPv6'],
  ...['Date', 'DateTime', "DateTime64(3, 'UTC')", "DateTime64(9, 'UTC')", "Enum8('a' = 1, 'b' = -5)"],
  ...['Nullable(UInt64)', 'Nullable(String)', "Nullable(DateTime64(6, 'UTC'))"],
]
const columns = TYPES.map((type, at) => ({ name: `c${at}`, type }))

const value = fc.oneof(
  fc.constantFrom('0', '-1', '255', '0.1', '19.99', '1767225600', '1767225600.123456', 'null', 'true', '"a"', '"b"'),
  fc.constantFrom('18446744073709551615', '-9223372036854775808', '9007199254740993', '"2026-02-28"', '"1.50"', '1e3'),
  fc.constantFrom(
    '"1969-12-31 23:59:59.999999999"',
    '"2026-01-01T00:00:00.123456789Z"',
    '"::ffff:1.2.3.4"',
    '"10.0.0.1"',
  ),
  fc.constantFrom('"x\\u0000y"', '"\\ud800"', '"é\\n\\t\\""', '"__proto__"'),
  fc.bigInt(-(10n ** 70n), 10n ** 70n).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.uuid().map(text => JSON.stringify(text)),
  fc.ipV6().map(text => JSON.stringify(text)),
  fc.string({ unit: 'binary' }).map(text => JSON.stringify(text)),
)

/** The bytes of the row that an event became, without what differs from batch to batch; undefined where it was refused. */
function row(
  source: Parameters<typeof createDecoder>[0],
  json: string,
  reads: 'events' | 'records',
): string | undefined {
  const events = new Encoded(0n)
  createDecoder(source, { reads }).decode(json, 1, Date.now(), true, events)
  return events.starts.length === 0 ? undefined : events.rawRows().bytes.toString('hex')
}

test('an event that went through a topic is the row that it would have been without', () => {
  fc.assert(
    fc.property(fc.nat(columns.length - 1), value, fc.boolean(), fc.nat(999_999), (at, text, missing, nanos) => {
      const { type } = columns[at]!
      const source = shopSource({
        key: 'c',
        timestamp: 'ts',
        accept: { olderMs: null, newerMs: Number.POSITIVE_INFINITY },
        columns: [
          { name: 'c', type, from: ['deep', 'c'] },
          { name: 'ts', type: "DateTime64(9, 'UTC')" },
        ],
      })
      const time = new Date().toISOString().replace('Z', `${String(nanos).padStart(6, '0')}Z`)
      const json = `{"deep":{${missing ? '' : `"c":${text}`}},"ts":"${time}","_canary":5}`
      const straight = row(source, json, 'events')
      const events = new Encoded(0n)
      createDecoder(source, { writes: 'records' }).decode(json, 1, Date.now(), true, events)
      expect(events.starts.length).toBe(straight === undefined ? 0 : 1)
      if (straight === undefined) return
      const [record] = readRecords(events.rawRows())
      const { c } = JSON.parse(record!.value.toString()) as { c: unknown }
      const key = record!.key!.toString()
      expect(typeof c === 'string' ? key : JSON.parse(key)).toEqual(
        typeof c === 'string' ? Buffer.from(c).toString() : c,
      )
      expect(row(source, record!.value.toString(), 'records')).toBe(straight)
    }),
    { numRuns: 3000 },
  )
})
