import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from './testing.js'

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

test('answers the client', async () => {
  const rows = await ch.client.query<{ a: string; b: string; t: string; z: string }>(
    "SELECT toUInt64(18446744073709551615) AS a, toDecimal64(1.10, 2) AS b, {t:DateTime64(3,'UTC')} AS t, timezone() AS z",
    { t: new Date(1_700_000_000_123) },
  )
  expect(rows).toEqual([{ a: '18446744073709551615', b: '1.1', t: '2023-11-14 22:13:20.123', z: 'UTC' }])
})
