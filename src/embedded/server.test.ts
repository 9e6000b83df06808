import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClickHouse } from '../clients/clickhouse.js'
import { AlreadyRunningError } from './errors.js'
import { startClickHouse } from './server.js'
import { type TestClickHouse, testClickHouse } from './testing.js'

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

test('the unmodified client works', async () => {
  const { url, username, password } = ch.server
  const client = createClient({ url, username, password })
  await client.command({ query: 'CREATE DATABASE plain' })
  await client.command({ query: 'CREATE TABLE plain.t (a UInt32, s String) ENGINE = MergeTree ORDER BY a' })
  await client.insert({ table: 'plain.t', values: [{ a: 1, s: 'é' }], format: 'JSONEachRow' })
  const rows = await (await client.query({ query: 'SELECT * FROM plain.t', format: 'JSONEachRow' })).json()
  await client.close()
  expect(rows).toEqual([{ a: 1, s: 'é' }])
})

test('plain HTTP works, in UTC', async () => {
  const headers = { 'X-ClickHouse-User': ch.server.username, 'X-ClickHouse-Key': ch.server.password }
  const answer = await fetch(ch.server.url, { method: 'POST', headers, body: 'SELECT timezone(), version()' })
  expect(await answer.text()).toBe(`UTC\t${ch.server.version}\n`)
})

test('nobody gets in without the password', async () => {
  for (const user of ['', '?user=default', `?user=${ch.server.username}`, '?max_sessions_for_user=100'])
    expect((await fetch(`${ch.server.url}/${user}`, { method: 'POST', body: 'SELECT 1' })).ok).toBe(false)
})

test('the reader reads and cannot write', async () => {
  const reader = createClickHouse({ url: ch.server.url, ...ch.server.reader })
  expect(await reader.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await expect(reader.command('CREATE DATABASE nope')).rejects.toMatchObject({ type: 'READONLY', code: 164 })
  await reader.close()
})

test('the settings that exactness needs are on', async () => {
  const [row] = await ch.client.query(
    "SELECT getSetting('async_insert') AS a, getSetting('deduplicate_blocks_in_dependent_materialized_views') AS d",
  )
  expect(row).toEqual({ a: false, d: true })
})

test('queries are logged, and the logs expire', async () => {
  const queryId = `logged-${process.pid}`
  await ch.client.query('SELECT 7', {}, { queryId })
  await ch.client.command('SYSTEM FLUSH LOGS')
  const logged = await ch.client.query(
    "SELECT type, written_rows FROM system.query_log WHERE query_id = {id:String} AND type = 'QueryFinish'",
    { id: queryId },
  )
  expect(logged).toEqual([{ type: 'QueryFinish', written_rows: '0' }])
  const [log] = await ch.client.query<{ engine_full: string }>(
    "SELECT engine_full FROM system.tables WHERE database = 'system' AND name = 'query_log'",
  )
  expect(log?.engine_full).toContain('TTL event_time + toIntervalHour(6)')
})

test('a second start says who has the folder', async () => {
  const second = startClickHouse({ dir: ch.dir })
  await expect(second).rejects.toBeInstanceOf(AlreadyRunningError)
  await expect(second).rejects.toMatchObject({ holder: { pid: ch.server.pid, url: ch.server.url } })
  await expect(second).rejects.toThrow('rtdash down')
})
