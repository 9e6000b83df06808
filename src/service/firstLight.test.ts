import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import type { RunningService } from './options.js'
import { startService } from './server.js'
import { openEvents, openSocket } from './testing/clients.js'
import { applyConfig, createPipeline, insertEvents, metrics, serviceConfig } from './testing/fixture.js'
import type { Update } from './update.js'

let ch: TestClickHouse
let service: RunningService

beforeAll(async () => {
  ch = await testClickHouse()
  service = await startService({
    clickhouse: ch.client,
    database: 'shop',
    port: 0,
    stateDir: mkdtempSync(join(tmpdir(), 'rtdash-service-')),
  })
})
afterAll(async () => {
  await service?.stop()
  await ch?.stop()
})

const getJson = async (path: string) => (await fetch(service.url + path)).json() as Promise<Record<string, unknown>>

/** The same window, straight from the raw rows. */
async function direct(asof: number, windowMs: number) {
  const rows = await ch.client.query<{ region: string; n: string; amount: string }>(
    `SELECT region, count() AS n, sum(amount) AS amount FROM shop.events
     WHERE ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({to:Int64}, 'UTC') AND _canary = 0
     GROUP BY region ORDER BY n DESC`,
    { from: asof - windowMs, to: asof },
  )
  return rows.map(row => ({ region: row.region, value: Number(row.n) }))
}

test('without a database the service runs, says so, and takes up the configuration when it comes', async () => {
  expect(await getJson('/healthz')).toMatchObject({
    status: 'ok',
    config: null,
    metrics: 0,
    message: expect.any(String),
  })
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
  await createPipeline(ch.client, 'shop')
  const config = serviceConfig('shop', metrics('shop'))
  await applyConfig(ch.client, config)
  await expect.poll(() => getJson('/healthz'), { timeout: 10_000 }).toMatchObject({ config: config.hash, metrics: 3 })
})

test('one metric reaches WebSocket, event stream and poll with the values of direct SQL', async () => {
  const [socket, stream] = [await openSocket(service.url), await openEvents(service.url, 'metric=requests')]
  socket.send({ action: 'subscribe', metric: 'requests' })
  const begin = Date.now()
  while (Date.now() < begin + 3000) {
    const at = Date.now()
    await insertEvents(ch.client, 'shop', [
      { at, region: 'eu' },
      { at, region: 'us', type: 'error' },
      { at: at - 3, region: 'eu', amount: '0.1' },
    ])
  }
  const counted = (update: Update) => update.timestamp > begin + 1000 && update.timestamp < begin + 2500
  await socket.inbox.until(all => all.some(update => update.timestamp >= begin + 3500))
  await stream.inbox.until(all => all.some(({ data }) => data.timestamp >= begin + 3500))

  const live = socket.inbox.all.filter(counted)
  expect(live.length).toBeGreaterThan(3)
  expect(stream.inbox.all.map(({ data }) => data).filter(counted)).toEqual(live)
  for (const update of live) {
    const { value } = (await getJson(`/api/metrics/requests?at=${update.timestamp}`)) as unknown as Update
    const rows = await direct(update.timestamp, 1000)
    expect(value).toBe(rows.reduce((sum, row) => sum + row.value, 0))
    if (update.timestamp % 1000 === 0) expect(value).toBeGreaterThan(0)
  }
  const newest = (await getJson('/api/metrics/requests')) as unknown as Update
  expect(newest.timestamp).toBeGreaterThanOrEqual(begin + 3500)
  expect(socket.inbox.all).toContainEqual(expect.objectContaining({ timestamp: newest.timestamp }))
  await Promise.all([socket.close(), stream.close()])
})
