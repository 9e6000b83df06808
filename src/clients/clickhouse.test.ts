import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { createClickHouse } from './clickhouse.js'

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
  await ch.client.command('CREATE DATABASE c')
  await ch.client.command(
    'CREATE TABLE c.t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100',
  )
})
afterAll(() => ch.stop())

const total = async () => (await ch.client.query<{ s: string }>('SELECT sum(n) AS s FROM c.t'))[0]?.s
const empty = () => ch.client.command('TRUNCATE TABLE c.t')

test('numbers that JavaScript would round come as strings, NaN as null', async () => {
  const sql = `SELECT toInt64(-9007199254740993) AS i, toDecimal128('12345678901234567890.12', 2) AS d, nan AS f, 1.5 AS g,
    toUInt32(7) AS u, 'a"\\n' AS s, [toUInt64(1)] AS a, toDateTime('2024-01-02 03:04:05', 'UTC') AS t`
  expect(await ch.client.query(sql)).toEqual([
    {
      i: '-9007199254740993',
      d: '12345678901234567890.12',
      f: null,
      g: 1.5,
      u: 7,
      s: 'a"\n',
      a: ['1'],
      t: '2024-01-02 03:04:05',
    },
  ])
})

test('parameters arrive as values, whatever they contain', async () => {
  const hostile = "'; DROP TABLE c.t; -- \\ \n\t é"
  const sql =
    "SELECT {s:String} AS s, {t:DateTime64(3,'UTC')} AS t, {a:Array(UInt32)} AS a, {n:Nullable(Int64)} IS NULL AS n"
  const [row] = await ch.client.query(sql, { s: hostile, t: new Date(1_700_000_000_007), a: [1, 2], n: null })
  expect(row).toEqual({ s: hostile, t: '2023-11-14 22:13:20.007', a: [1, 2], n: 1 })
})

test('bodies go in as text, bytes and streams', async () => {
  await empty()
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(10n, 0)
  bytes.writeBigUInt64LE(20n, 8)
  await ch.client.insert('c.t', '{"n":1}\n{"n":"2"}', 'JSONEachRow')
  await ch.client.insert('c.t (n)', bytes, 'RowBinary')
  await ch.client.insert('c.t', Readable.from([Buffer.from('100\n2'), Buffer.from('00\n')]), 'TSV')
  expect(await total()).toBe('333')
})

test('settings reach the insert: the same token is stored once', async () => {
  await empty()
  const once = { insert_deduplication_token: 'batch 1', insert_deduplicate: true }
  for (let i = 0; i < 3; i++) await ch.client.insert('c.t', '5\n', 'TSV', once)
  expect(await total()).toBe('5')
})

test('a stream that breaks stores nothing', async () => {
  await empty()
  async function* breaking() {
    yield '1\n'
    throw new Error('the source broke')
  }
  await expect(ch.client.insert('c.t', Readable.from(breaking()), 'TSV')).rejects.toMatchObject({
    name: 'ClickHouseError',
  })
  expect(await total()).toBe('0')
})

test('errors have code, type and one line', async () => {
  const unknown = { name: 'ClickHouseError', code: 60, type: 'UNKNOWN_TABLE', retryable: false }
  await expect(ch.client.query('SELECT * FROM c.nope')).rejects.toMatchObject(unknown)
  await expect(ch.client.command('DROP TABLE c.nope')).rejects.toMatchObject(unknown)
  await expect(ch.client.insert('c.nope', '1\n', 'TSV')).rejects.toMatchObject(unknown)
  await expect(ch.client.query('SELEC\n\n1')).rejects.toThrow(/^Syntax error.*\(SYNTAX_ERROR\)$/)
  const spoilt = `${'1\n'.repeat(2_000_000)}x\n` // far more than the socket holds: the answer comes before the end
  const wrong = { type: expect.stringMatching(/CANNOT_PARSE/), retryable: false }
  await expect(ch.client.insert('c.t', spoilt, 'TSV')).rejects.toMatchObject(wrong)
})

test('an error in the midst of the rows is an error', async () => {
  const sql = 'SELECT throwIf(number = 3000000) AS x FROM numbers(4000000)'
  const late = { code: 395, type: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO' }
  await expect(ch.client.query(sql, {}, { settings: { max_threads: 1 } })).rejects.toMatchObject(late)
})

test('what may pass later is marked retryable', async () => {
  const memory = ch.client.query(
    'SELECT groupArray(number) FROM numbers(10000000)',
    {},
    { settings: { max_memory_usage: 1e6 } },
  )
  await expect(memory).rejects.toMatchObject({ type: 'MEMORY_LIMIT_EXCEEDED', retryable: true })
  const slow = createClickHouse({ ...ch.server, timeout: 200 })
  await expect(slow.query('SELECT sleep(2)')).rejects.toMatchObject({ code: 0, type: 'TIMEOUT', retryable: true })
  await expect(slow.insert('c.t', new Readable({ read() {} }), 'TSV')).rejects.toMatchObject({
    type: 'TIMEOUT',
    retryable: true,
  })
  await slow.close()
  const nobody = createClickHouse({ url: 'http://127.0.0.1:9' })
  const refused = { type: 'ECONNREFUSED', code: 0, retryable: true }
  await expect(nobody.ping()).rejects.toMatchObject(refused)
  await expect(nobody.insert('c.t', '1\n', 'TSV')).rejects.toMatchObject(refused)
  await expect(nobody.insert('c.t', Readable.from(['1\n']), 'TSV')).rejects.toMatchObject(refused)
  await nobody.close()
})

test('a wrong password is told apart from no server', async () => {
  const stranger = createClickHouse({ ...ch.server, password: 'wrong' })
  const refused = { type: 'AUTHENTICATION_FAILED', code: 516, retryable: false }
  await expect(stranger.ping()).rejects.toMatchObject(refused)
  await expect(stranger.insert('c.t', '1\n', 'TSV')).rejects.toMatchObject(refused)
  await stranger.close()
})

test('many calls at once share the pool', async () => {
  await empty()
  await Promise.all(Array.from({ length: 100 }, (_, n) => ch.client.insert('c.t', `${n}\n`, 'TSV')))
  const rows = await Promise.all(Array.from({ length: 100 }, () => total()))
  expect(new Set(rows)).toEqual(new Set(['4950']))
})
