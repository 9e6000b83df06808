import { afterAll, beforeAll, expect, test } from 'vitest'
import { metric, metrics } from './testing/fixture.js'
import { type Harness, startHarness } from './testing/harness.js'
import type { Update } from './update.js'

let harness: Harness
const long = Date.parse('2020-06-01T12:00:00Z')

beforeAll(async () => {
  const slow = metric(
    'shop',
    { name: 'slow', value: 'sum(n) + sleep(0.2)', windowMs: 1000, refreshMs: 3_600_000, empty: 0 },
    { cacheMs: 60_000 },
  )
  harness = await startHarness([...metrics('shop'), slow])
  await harness.insert(
    Array.from({ length: 400 }, (_, i) => ({ at: long + i * 250, region: i % 2 ? 'eu' : 'us', amount: '1' })),
  )
})
afterAll(() => harness?.stop())

async function queries(pattern: string): Promise<number> {
  await harness.ch.client.command('SYSTEM FLUSH LOGS')
  const [row] = await harness.ch.client.query<{ n: string }>(
    `SELECT count() AS n FROM system.query_log WHERE type = 'QueryFinish' AND log_comment = 'rtdash-metric' AND query LIKE {pattern:String}`,
    { pattern },
  )
  return Number(row!.n)
}

test('a thousand that ask at once cause one query', async () => {
  await expect.poll(() => queries('%AS total%sleep(0.2)%')).toBe(1) // the publisher's own
  const path = `/api/metrics/slow?at=${long + 2000}`
  const answers = await Promise.all(Array.from({ length: 1000 }, () => harness.json<Update>(path)))
  expect(new Set(answers.map(answer => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ metric: 'slow', value: 4, timestamp: long + 2000 })]),
  )
  expect(await queries('%AS total%sleep(0.2)%')).toBe(2)
})

test('the newest value causes none at all', async () => {
  await expect.poll(async () => (await harness.get('/api/metrics/slow')).status).toBe(200)
  const before = await queries('%AS total%sleep(0.2)%')
  await Promise.all(Array.from({ length: 200 }, () => harness.json('/api/metrics/slow')))
  expect((await queries('%AS total%sleep(0.2)%')) - before).toBe(0)
})

test('answers may be kept for what is left of cache, and are not sent twice', async () => {
  const path = `/api/metrics/slow?at=${long + 3000}`
  const first = await harness.get(path)
  const age = /^public, max-age=(\d+)$/.exec(first.headers.get('cache-control')!)![1]
  expect(Number(age)).toBeGreaterThan(50)
  expect(Number(age)).toBeLessThanOrEqual(60)
  const etag = first.headers.get('etag')!
  const second = await harness.get(path, { headers: { 'If-None-Match': `"other", W/${etag}` } })
  expect([second.status, await second.text()]).toEqual([304, ''])
  const head = await harness.get(path, { method: 'HEAD' })
  expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
})

test('at is floored to the buckets, read as ISO or ms, and refused otherwise', async () => {
  expect(await harness.json(`/api/metrics/revenue?at=${long + 1100}`)).toMatchObject({
    timestamp: long + 1000,
    value: 4,
    exact: '4',
  })
  expect(await harness.json('/api/metrics/revenue?at=2020-06-01T12:00:01.1')).toMatchObject({ timestamp: long + 1000 })
  expect(await harness.json('/api/metrics/revenue?at=2020-06-01T14:00:01%2B02:00')).toMatchObject({
    timestamp: long + 1000,
  })
  for (const at of ['', 'now', '12:00', '2020-13-01', '-5', `${Date.now() + 60_000}`]) {
    const answer = await harness.get(`/api/metrics/revenue?at=${at}`)
    expect([at, answer.status, await answer.json()]).toEqual([
      at,
      400,
      { error: expect.any(String), message: expect.any(String) },
    ])
  }
})

interface History {
  readonly step: number
  readonly points: readonly { timestamp: number; value: number | null; exact?: string }[]
}

test('history has exact points on the step that was asked for', async () => {
  const { step, points } = await harness.json<History>(
    `/api/metrics/revenue/history?from=${long}&to=${long + 100_000}&step=10s`,
  )
  expect(step).toBe(10_000)
  expect(points.map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 11 }, (_, i) => long + i * 10_000))
  for (const { timestamp, value } of points) {
    expect(value).toBe(Math.min(240, (timestamp - long) / 250))
    expect(await harness.json(`/api/metrics/revenue?at=${timestamp}`)).toMatchObject({ value })
  }
  const empty = await harness.json<History>('/api/metrics/error_rate/history?from=2019-01-01&to=2019-01-02&step=1h')
  expect(empty.points).toHaveLength(25)
  expect(empty.points.every(({ value }) => value === null)).toBe(true)
})

test('history is widened to a thousand points, on multiples of the bucket', async () => {
  const path = `/api/metrics/requests/history?from=${long}&to=${long + 86_400_000}`
  const wide = await harness.json<History>(`${path}&step=1`)
  expect(wide.points.length).toBeLessThanOrEqual(1001)
  expect(wide.points.length).toBeGreaterThan(900)
  expect(wide.step % 250).toBe(0)
  expect((await harness.json<History>(path)).points.length).toBeLessThanOrEqual(301)
  expect((await harness.json<History>('/api/metrics/requests/history')).points.length).toBeGreaterThanOrEqual(299)
  for (const query of ['from=5&to=4', 'step=0', 'step=abc', 'from=x']) {
    expect((await harness.get(`/api/metrics/requests/history?${query}`)).status).toBe(400)
  }
})

test('history of a heavy metric comes with wider steps instead of an error', async () => {
  const heavy = metric('shop', { name: 'heavy', value: 'sum(n)', windowMs: 1000, refreshMs: 60_000, empty: 0 })
  const history = `SELECT * FROM (${heavy.history} ORDER BY asof LIMIT 100000) WHERE sleepEachRow(0.05) = 0`
  await harness.apply([{ ...heavy, history }])
  const { step, points } = await harness.json<History>(
    `/api/metrics/heavy/history?from=${long}&to=${long + 100_000}&step=1s`,
  )
  expect(step).toBeGreaterThan(1000)
  expect(points.find(({ timestamp }) => timestamp === long + 64_000)?.value).toBe(4)
})
