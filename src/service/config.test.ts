import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveLimits } from './options.js'
import { localFanout } from './publish/fanout.js'
import { createPush } from './push/push.js'
import { createTelemetry } from './telemetry.js'
import { openSocket } from './testing/clients.js'
import { metric, metrics, serviceConfig } from './testing/fixture.js'
import { type Harness, startHarness } from './testing/harness.js'

let harness: Harness
const [requests, errorRate, revenue] = metrics('shop') as [
  ReturnType<typeof metric>,
  ReturnType<typeof metric>,
  ReturnType<typeof metric>,
]

beforeAll(async () => {
  harness = await startHarness([])
  await harness.grow()
  await harness.apply([requests, errorRate])
})
afterAll(() => harness?.stop())

test('a new configuration is taken up under a running connection', async () => {
  const client = await openSocket(harness.service.url)
  client.send({ action: 'subscribe', metrics: ['requests', 'error_rate', 'revenue'] })
  await client.inbox.until(all => all.some(message => message.metric === 'requests'))
  expect(client.inbox.all).toContainEqual(
    expect.objectContaining({ metric: 'revenue', error: 'unknown_metric', value: null }),
  )

  const before = client.inbox.all.length
  const hash = await harness.apply([{ ...requests, title: 'Requests' }, revenue])
  await client.inbox.until(all => all.some(message => message.event === 'config'))
  const news = client.inbox.all.slice(before)
  expect(news).toContainEqual(expect.objectContaining({ event: 'config', config: hash, metric: null, value: null }))
  expect(news).toContainEqual(expect.objectContaining({ metric: 'error_rate', error: 'unknown_metric' }))

  client.send({ action: 'subscribe', metric: 'revenue', since: 0 })
  await client.inbox.until(all => all.some(message => message.metric === 'revenue' && !message.error))
  const catalogue = await harness.json<{ metrics: { name: string; title: string | null }[] }>('/api/metrics')
  expect(catalogue.metrics.map(({ name, title }) => [name, title])).toEqual([
    ['requests', 'Requests'],
    ['revenue', null],
  ])
  await client.inbox.until(all => all.at(-1)!.metric === 'requests')
  const stamps = client.inbox.all.filter(m => m.metric === 'requests').map(m => m.timestamp)
  expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b))
  await client.close()
})

test('a metric that means the same keeps what was kept; one that means something else starts anew', async () => {
  await harness.apply([requests, revenue])
  const read = async (name: string) => {
    const client = await openSocket(harness.service.url)
    client.send({ action: 'subscribe', metric: name, since: 0 })
    await client.inbox.until(all => all.length >= 300, 3000)
    await client.close()
    return client.inbox.all
  }
  const series = (await read('requests')).filter(update => update.series)
  expect(series.length).toBeGreaterThan(0)
  await harness.apply([
    requests,
    metric('shop', { name: 'revenue', value: '7', windowMs: 60_000, refreshMs: 500, empty: 7 }),
  ])
  await expect.poll(async () => (await read('revenue')).every(update => update.value === 7)).toBe(true)
  const again = await read('requests')
  expect(again.filter(update => update.timestamp <= series.at(-1)!.timestamp && update.series)).toEqual(
    series.filter(update => update.timestamp >= again.find(({ series }) => series)!.timestamp),
  )
})

test('a metric that gets another meaning goes on under its viewers with later instants, never the same again', async () => {
  const define = (value: string) => metric('shop', { name: 'm', value, windowMs: 1000, refreshMs: 2000, empty: 0 })
  await harness.apply([define('1 + 0 * sum(n)')])
  const client = await openSocket(harness.service.url)
  client.send({ action: 'subscribe', metric: 'm' })
  await client.inbox.until(all => all.some(({ value }) => value === 1))
  await harness.apply([define('2 + 0 * sum(n)')])
  await client.inbox.until(all => all.some(({ value }) => value === 2))
  await client.close()
  const stamps = client.inbox.all.flatMap(({ event, timestamp }) => (event ? [] : [timestamp]))
  expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b))
})

test('a value that came just before a metric got another meaning is not kept as one of the new', async () => {
  const meaning = (n: number) =>
    serviceConfig('shop', [metric('shop', { name: 'm', value: `${n}`, windowMs: 1000, refreshMs: 2000, empty: n })])
  const fanout = localFanout()
  const push = createPush({
    db: harness.ch.client,
    fanout,
    telemetry: createTelemetry(),
    limits: resolveLimits(undefined, '127.0.0.1'),
    log: () => {},
  })
  const timestamp = Date.now()
  push.apply(meaning(1))
  fanout.publish([{ metric: 'm', value: 1, timestamp }])
  push.apply(meaning(2))
  fanout.publish([{ metric: 'm', value: 2, timestamp: timestamp + 2000 }])
  const ring = push.rings.get('m')!
  await expect.poll(() => ring.after(0).length).toBe(300)
  expect(ring.floor).toBe(timestamp)
  const values = ring.after(0).map(({ body }) => JSON.parse(String(body)).value)
  expect(new Set(values)).toEqual(new Set([2]))
  await push.stop(0)
})

test('metrics that mean the same are computed once', async () => {
  const twin = metric('shop', { name: 'x', value: 'sum(n) + 1000', windowMs: 1000, refreshMs: 500, empty: 0 })
  await harness.apply([twin, { ...twin, name: 'y' }, { ...twin, name: 'z', title: 'Other words' }])
  const client = await openSocket(harness.service.url)
  client.send({ action: 'subscribe', metrics: ['x', 'y', 'z'], batch: true })
  const all = await client.inbox.until(messages => messages.filter(({ metric }) => metric === 'z').length >= 4)
  await client.close()
  const at = all.at(-1)!.timestamp - 500
  expect(
    all
      .filter(({ timestamp }) => timestamp === at)
      .map(({ metric }) => metric)
      .sort(),
  ).toEqual(['x', 'y', 'z'])
  expect(client.frames.some(frame => frame.startsWith('[') && JSON.parse(frame).length === 3)).toBe(true)
  await harness.ch.client.command('SYSTEM FLUSH LOGS')
  const [row] = await harness.ch.client.query<{ n: string; instants: string }>(
    `SELECT count() AS n, uniqExact(query) AS instants FROM system.query_log
     WHERE type = 'QueryStart' AND log_comment = 'rtdash-metric' AND query LIKE '%+ 1000%' AND query NOT LIKE '%asofs%'`,
  )
  expect(Number(row!.n)).toBeLessThanOrEqual(all.filter(({ metric }) => metric === 'z').length + 3)
})

test('when all is destroyed the service goes on with nothing', async () => {
  await harness.ch.client.command('DROP TABLE shop._rtdash_config SYNC')
  await expect.poll(() => harness.json('/healthz')).toMatchObject({ config: null, metrics: 0, status: 'ok' })
  expect((await harness.get('/api/metrics/requests')).status).toBe(404)
})
