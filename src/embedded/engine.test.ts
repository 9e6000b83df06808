import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from './testing.js'

// The facts of README.md that rtdash rests on: a new engine version that changes one fails here.
let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
  await ch.client.command('CREATE DATABASE e')
  await ch.client.command(
    "CREATE TABLE e.raw (k UInt8, v Nullable(Float64), ts DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY ts",
  )
})
afterAll(() => ch.stop())

const one = async (sql: string, params?: Record<string, unknown>) =>
  (await ch.client.query<Record<string, unknown>>(sql, params))[0]

test('a refreshable view appends, is observed and can be changed', async () => {
  await ch.client.command("CREATE TABLE e.history (at DateTime64(3, 'UTC'), n UInt64) ENGINE = MergeTree ORDER BY at")
  await ch.client.command(
    "CREATE MATERIALIZED VIEW e.every REFRESH EVERY 5 MINUTE APPEND TO e.history EMPTY SQL SECURITY NONE AS SELECT now64(3, 'UTC') AS at, count() AS n FROM e.raw",
  )
  expect(await one('SELECT count() AS n FROM e.history')).toEqual({ n: '0' }) // EMPTY: no run at CREATE
  await ch.client.command('SYSTEM REFRESH VIEW e.every')
  await ch.client.command('SYSTEM WAIT VIEW e.every')
  expect(await one('SELECT count() AS n FROM e.history')).toEqual({ n: '1' })
  const seen = "SELECT status, exception FROM system.view_refreshes WHERE database = 'e' AND view = 'every'"
  expect(await one(seen)).toEqual({ status: 'Scheduled', exception: '' })
  await ch.client.command('ALTER TABLE e.every MODIFY REFRESH EVERY 10 MINUTE APPEND')
  const stored = await one(
    "SELECT create_table_query AS sql FROM system.tables WHERE database = 'e' AND name = 'every'",
  )
  expect(stored?.sql).toContain('REFRESH EVERY 10 MINUTE APPEND TO e.history')
  expect(stored?.sql).toContain('SQL SECURITY NONE')
})

test.each([
  "SELECT toStartOfInterval(ts, INTERVAL 5 SECOND, 'UTC') AS b, countIf(v > 1) AS c FROM e.raw WHERE ts > ts - INTERVAL 7 DAY GROUP BY b",
  'SELECT k::Float64 AS a, CAST(v AS Nullable(Decimal(18, 4))) AS `b c`, k <> 1 AND NOT (k < 2 OR v IS NULL) AS d FROM e.raw',
  "SELECT k AS a, sum(v) AS s FROM e.raw WHERE ts BETWEEN toDateTime64('2024-01-01 00:00:00.250', 3, 'UTC') AND now64(3) GROUP BY GROUPING SETS ((k), ()) ORDER BY a NULLS LAST LIMIT 3",
  "SELECT quantileDDStateIf(0.01, 0.5)(v, k IN (1, 2)) AS q, CASE WHEN k > 1 THEN 'a\\'b' ELSE 'c' END AS s FROM e.raw GROUP BY s",
])('stored query text equals ours once both are formatted: %s', async sql => {
  await ch.client.command(`CREATE OR REPLACE VIEW e.view AS ${sql}`)
  const texts = await one(
    "SELECT formatQuerySingleLine({sql:String}) AS ours, as_select AS stored FROM system.tables WHERE database = 'e' AND name = 'view'",
    { sql },
  )
  expect(texts?.stored).toBe(texts?.ours)
})

test('states are added under a running view; unfilled ones are neutral where Nullable', async () => {
  const { client } = ch
  await client.command(
    'CREATE TABLE e.roll (k UInt8, c SimpleAggregateFunction(sum, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k',
  )
  await client.command('CREATE MATERIALIZED VIEW e.v1 TO e.roll AS SELECT k, count() AS c FROM e.raw GROUP BY k')
  const row = '1\t5\t2024-01-01 00:00:00\n1\t\\N\t2024-01-01 00:00:01\n'
  await client.insert('e.raw', row, 'TSV')
  for (const column of [
    'low SimpleAggregateFunction(min, Nullable(Float64))',
    'zero SimpleAggregateFunction(min, Float64)',
    'q AggregateFunction(quantileDD(0.01, 0.5), Float64)',
    'u AggregateFunction(uniqCombined64(14), Float64)',
    "f AggregateFunction(argMin, Float64, DateTime64(3, 'UTC'))",
  ])
    await client.command(`ALTER TABLE e.roll ADD COLUMN ${column}`)
  await client.insert('e.raw', row, 'TSV')
  await client.command(`CREATE MATERIALIZED VIEW e.v2 TO e.roll AS SELECT k, minIf(v, true) AS low,
    minIf(assumeNotNull(v), isNotNull(v)) AS zero, quantileDDStateIf(0.01, 0.5)(v, k > 0) AS q,
    uniqCombined64StateIf(14)(v, k > 0) AS u, argMinStateIf(v, ts, k > 0) AS f FROM e.raw GROUP BY k`)
  await client.insert('e.raw', row, 'TSV')
  await client.command('OPTIMIZE TABLE e.roll FINAL')
  const merged = `SELECT sum(c) AS rows, min(low) AS lowest, min(zero) AS poisoned, round(quantileDDMerge(0.01, 0.99)(q), 1) AS p,
    uniqCombined64Merge(14)(u) AS uniq, argMinMerge(f) AS first FROM e.roll`
  expect(await one(merged)).toEqual({ rows: '6', lowest: 5, poisoned: 0, p: 5, uniq: '1', first: 5 })
})
