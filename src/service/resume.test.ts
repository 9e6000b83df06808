import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEvents, openSocket } from './testing/clients.js'
import { metrics } from './testing/fixture.js'
import { type Harness, startHarness } from './testing/harness.js'
import type { Update } from './update.js'

let harness: Harness
let stopTraffic: () => Promise<void>

beforeAll(async () => {
  harness = await startHarness([])
  await harness.grow()
  await harness.apply(metrics('shop'))
  stopTraffic = harness.traffic()
})
afterAll(async () => {
  await stopTraffic?.()
  await harness?.stop()
})

const isRising = (updates: readonly Update[]) =>
  updates.every((u, i) => i === 0 || u.timestamp > updates[i - 1]!.timestamp)
const of = (updates: readonly Update[], metric: string) => updates.filter(update => update.metric === metric)

test('since: clients that come back at any moment have what a client that stayed has', async () => {
  const stayed = await openSocket(harness.service.url)
  stayed.send({ action: 'subscribe', metrics: ['requests', 'revenue'] })
  await stayed.inbox.until(all => of(all, 'requests').length >= 2)

  const seen: Update[] = []
  let newest = of(stayed.inbox.all, 'requests')[0]!.timestamp
  for (let round = 0; round < 25; round++) {
    const guest = await openSocket(harness.service.url)
    guest.send({ action: 'subscribe', metric: 'requests', since: newest, batch: round % 2 === 0 })
    await guest.inbox.until(all => all.length >= 1 + (round % 3))
    await guest.close()
    seen.push(...guest.inbox.all)
    newest = seen.at(-1)!.timestamp
  }
  await stayed.inbox.until(all => of(all, 'requests').some(update => update.timestamp >= newest))
  expect(isRising(seen)).toBe(true)
  const whole = of(stayed.inbox.all, 'requests')
  expect(seen).toEqual(whole.filter(u => u.timestamp >= seen[0]!.timestamp && u.timestamp <= newest))
  await stayed.close()
})

test('a new metric has its history kept from the start: 300 updates, then live ones', async () => {
  const client = await openSocket(harness.service.url)
  client.send({ action: 'subscribe', metric: 'requests', since: 0 })
  const all = await client.inbox.until(messages => messages.some(u => u.timestamp > Date.now() - 300))
  expect(all.length).toBeGreaterThanOrEqual(300)
  expect(isRising(all)).toBe(true)
  // Live ones have series; a busy machine may have skipped some of those, history none.
  const filled = all.filter(({ series }) => !series)
  expect(filled.length).toBeGreaterThan(150)
  expect(filled.every((u, i) => i === 0 || u.timestamp - filled[i - 1]!.timestamp === 250)).toBe(true)
  await client.close()
})

test('before the first event there is nothing; one that came late counts', async () => {
  const fresh = await startHarness([])
  const at = Date.now() - 80_000
  await fresh.insert([{ at, amount: '5' }])
  await fresh.apply(metrics('shop'))
  const revenue = async () => {
    const client = await openSocket(fresh.service.url)
    client.send({ action: 'subscribe', metric: 'revenue', since: 0 })
    const all = await client.inbox.until(messages => messages.length > 0)
    await client.close()
    return all
  }
  // Windows of 60 s every 500 ms: the first that holds the event, those after it, and the first without it.
  await expect.poll(async () => (await revenue())[0]?.value, { timeout: 10_000 }).toBe(5)
  const all = await revenue()
  const first = Math.floor(at / 500) * 500 + 500
  expect(all[0]!.timestamp).toBe(first)
  expect(all.find(({ value }) => value === 0)!.timestamp).toBeGreaterThanOrEqual(first + 59_500)
  await fresh.stop()
})

test('Last-Event-ID: a stream of several metrics, cut again and again, is one stream', async () => {
  const query = 'metric=revenue&metric=error_rate&metric=requests'
  const stayed = await openEvents(harness.service.url, query)
  await stayed.inbox.until(all => new Set(all.map(({ data }) => data.metric)).size === 3)
  const first = stayed.inbox.all.at(-1)!
  const seen: Update[] = []
  let id = first.id
  for (let round = 0; round < 20; round++) {
    const guest = await openEvents(harness.service.url, query, { 'Last-Event-ID': id })
    await guest.inbox.until(all => all.length >= 1 + (round % 4))
    await guest.close()
    seen.push(...guest.inbox.all.map(({ data }) => data))
    id = guest.inbox.all.at(-1)!.id
  }
  await stayed.inbox.until(all => all.some(({ data }) => data.timestamp > seen.at(-1)!.timestamp + 2000))
  const after = stayed.inbox.all.slice(stayed.inbox.all.indexOf(first) + 1).map(({ data }) => data)
  for (const metric of ['revenue', 'error_rate', 'requests']) {
    const got = of(seen, metric)
    expect(got.length).toBeGreaterThan(0)
    expect(got).toEqual(of(after, metric).slice(0, got.length))
  }
  await stayed.close()
})

test('an update has series, totals and all digits; an empty window has its empty value', async () => {
  const newest = async (metric: string, at: number) => harness.json<Update>(`/api/metrics/${metric}?at=${at}`)
  const long = Date.parse('2001-01-01')
  expect(await newest('requests', long)).toEqual({ metric: 'requests', value: 0, timestamp: long, series: [] })
  expect(await newest('error_rate', long)).toEqual({ metric: 'error_rate', value: null, timestamp: long })
  await harness.insert([
    { at: long - 100, region: 'eu', amount: '12345678901234.5678' },
    { at: long - 100, region: 'us', amount: '0.0001' },
    { at: long - 200, region: 'us' },
  ])
  expect(await newest('revenue', long)).toMatchObject({ exact: '12345678901234.5679', value: 12345678901234.568 })
  // The answer before the insert may be served again for `cache`, and no longer.
  await expect
    .poll(() => newest('requests', long))
    .toEqual({
      metric: 'requests',
      value: 3,
      timestamp: long,
      series: [
        { region: 'us', value: 2 },
        { region: 'eu', value: 1 },
      ],
    })
})

test('published values equal direct SQL over the raw rows', async () => {
  const client = await openSocket(harness.service.url)
  client.send({ action: 'subscribe', metrics: ['requests', 'error_rate', 'revenue'] })
  const begin = Date.now()
  await client.inbox.until(all => all.some(u => u.metric === 'error_rate' && u.timestamp > begin + 2000))
  await client.close()
  const windows: Record<string, [number, string]> = {
    requests: [1000, 'toFloat64(count())'],
    error_rate: [10_000, "countIf(event_type = 'error') / count()"],
    revenue: [60_000, 'toFloat64(sum(amount))'],
  }
  let compared = 0
  for (const update of client.inbox.all) {
    const [windowMs, value] = windows[update.metric]!
    // Only what had been stored by then: an insert may have come later than the settle time on a busy machine.
    const [row] = await harness.ch.client.query<{ value: number; late: string }>(
      `SELECT ${value} AS value, countIf(ingested_at > fromUnixTimestamp64Milli({t:Int64}, 'UTC')) AS late FROM shop.events
       WHERE ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND ts < fromUnixTimestamp64Milli({t:Int64}, 'UTC')`,
      { from: update.timestamp - windowMs, t: update.timestamp },
    )
    if (row!.late !== '0') continue
    expect(update).toMatchObject({ value: row!.value })
    compared++
  }
  expect(compared).toBeGreaterThan(5)
})
