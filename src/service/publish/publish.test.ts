import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClickHouse } from '../../clients/clickhouse.js'
import { startService } from '../server.js'
import { createInbox, openSocket } from '../testing/clients.js'
import { insertEvents, metric, metrics } from '../testing/fixture.js'
import { type Harness, startHarness } from '../testing/harness.js'
import type { Update } from '../update.js'
import { instantText } from './asof.js'
import { localFanout } from './fanout.js'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness(metrics('shop'))
})
afterAll(() => harness?.stop())

/** A way to the database that can be cut. */
async function cuttable() {
  const target = new URL(harness.ch.server.url)
  const sockets = new Set<Socket>()
  let cut = false
  const server = createServer(inner => {
    if (cut) return inner.destroy()
    const outer = connect(Number(target.port), target.hostname)
    for (const socket of [inner, outer])
      sockets.add(socket.on('error', () => {}).on('close', () => [inner, outer].map(s => s.destroy())))
    inner.pipe(outer).pipe(inner)
    return undefined
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (now: boolean) => {
      cut = now
      if (now) for (const socket of sockets) socket.destroy()
    },
    close: () => server.close(),
  }
}

test('a database that goes away: the last value comes marked stale, viewers stay, and live values return', async () => {
  const way = await cuttable()
  const client = createClickHouse({ ...harness.ch.server, url: way.url })
  const sla = { latencyMs: 1000, queryMs: 100, lagMs: 1000 }
  await harness.apply(metrics('shop').map(one => ({ ...one, sla })))
  const service = await startService({
    clickhouse: client,
    database: 'shop',
    port: 0,
    stateDir: harness.stateDir,
    roles: ['publish', 'push'],
  })
  const viewer = await openSocket(service.url)
  viewer.send({ action: 'subscribe', metric: 'requests' })
  await viewer.inbox.until(all => all.some(({ stale }) => !stale))
  way.cut(true)
  await viewer.inbox.until(all => all.some(({ stale }) => stale))
  const health = async () => (await fetch(`${service.url}/healthz`)).json()
  await expect.poll(health).toMatchObject({ status: 'degraded', database: 'unreachable', config: expect.any(String) })
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${service.url}/api/metrics/requests?at=5000`)).status).toBe(503)
  const gone = Date.now()
  way.cut(false)
  await viewer.inbox.until(all => all.some(({ stale, timestamp }) => !stale && timestamp > gone))
  await expect.poll(health).toMatchObject({ status: 'ok' })
  const stamps = viewer.inbox.all.map(({ timestamp }) => timestamp)
  expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b))
  await viewer.close()
  await service.stop()
  await client.close()
  way.close()
})

test('a query slower than its refresh skips instants, says so, and never runs twice at a time', async () => {
  const slow = metric('shop', { name: 'slow', value: 'sum(n) + sleep(0.6)', windowMs: 1000, refreshMs: 250, empty: 0 })
  await harness.apply([slow])
  const viewer = await openSocket(harness.service.url)
  viewer.send({ action: 'subscribe', metric: 'slow' })
  const all = await viewer.inbox.until(
    messages => messages.filter(({ timestamp }) => timestamp > Date.now() - 10_000).length > 4,
  )
  await viewer.close()
  expect(all.every(({ timestamp }) => timestamp % 250 === 0)).toBe(true)
  const {
    metrics: [state],
  } = await harness.json<{ metrics: { skipped: number }[] }>('/api/status')
  expect(state!.skipped).toBeGreaterThanOrEqual(4)
})

test('canaries: a live one rides on the updates that saw it, and changes no value', async () => {
  await harness.apply(metrics('shop'))
  const viewer = await openSocket(harness.service.url)
  viewer.send({ action: 'subscribe', metrics: ['requests', 'error_rate', 'revenue'] })
  await viewer.inbox.until(all => all.length >= 6)
  expect(viewer.inbox.all.some(({ canary }) => canary)).toBe(false)
  const sent: number[] = []
  const saw = (name: string) =>
    viewer.inbox.all.find(update => update.metric === name && update.canary && sent.includes(update.canary.sent))
  while (!saw('requests') || !saw('error_rate') || !saw('revenue')) {
    const at = Date.now()
    sent.push(at)
    await insertEvents(harness.ch.client, 'shop', [{ at, amount: '1000', canary: at }])
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  for (const name of ['requests', 'error_rate', 'revenue']) {
    const { canary, timestamp } = saw(name)!
    expect(canary!.sent).toBeLessThan(timestamp)
    expect(canary!.ingested).toBeGreaterThanOrEqual(canary!.sent)
    expect(canary!.queried).toBeGreaterThanOrEqual(timestamp)
  }
  expect(new Set(viewer.inbox.all.filter(({ metric }) => metric !== 'error_rate').map(({ value }) => value))).toEqual(
    new Set([0]),
  )
  await viewer.close()
  const { metrics: states } = await harness.json<{ metrics: { latency_ms: { n: number } }[] }>('/api/status')
  expect(states.every(({ latency_ms }) => latency_ms.n > 0)).toBe(true)
})

test('tier 3 reads what a refreshable view has stored, and computes what it has not', async () => {
  const db = harness.ch.client
  await db.command(
    `CREATE TABLE shop.stored (timestamp DateTime64(3, 'UTC'), value Nullable(Float64)) ENGINE = MergeTree ORDER BY timestamp`,
  )
  const stored = `SELECT toUInt8(1) AS total, value, CAST(NULL AS Nullable(String)) AS exact, timestamp FROM shop.stored
    WHERE timestamp <= {asof:DateTime64(3,'UTC')} ORDER BY timestamp DESC LIMIT 1`
  const base = metric(
    'shop',
    { name: 'stored', value: 'sum(n) + 5', windowMs: 1000, refreshMs: 4000, empty: 5 },
    { stored, tier: 3 },
  )
  await harness.apply([base])
  const viewer = await openSocket(harness.service.url)
  viewer.send({ action: 'subscribe', metric: 'stored' })
  const begin = Date.now()
  await viewer.inbox.until(all => all.some(({ timestamp }) => timestamp > begin))
  const first = viewer.inbox.all.at(-1)!
  expect(first.value).toBe(5)
  const next = first.timestamp + 8000
  await db.insert('shop.stored', JSON.stringify({ timestamp: instantText(next), value: 77 }), 'JSONEachRow')
  await viewer.inbox.until(all => all.some(({ timestamp }) => timestamp === next))
  expect(viewer.inbox.all.at(-1)!.value).toBe(77)
  await viewer.close()
})

test('the fan-out calls everybody, in order, until they leave', () => {
  const fanout = localFanout()
  const [a, b] = [createInbox<Update>(), createInbox<Update>()]
  const take = (inbox: typeof a) => (updates: readonly Update[]) => updates.forEach(inbox.push)
  const leave = fanout.subscribe(take(a))
  fanout.subscribe(take(b))
  const update = (timestamp: number): Update => ({ metric: 'm', value: 1, timestamp })
  fanout.publish([update(1), update(2)])
  leave()
  fanout.publish([update(3)])
  expect(a.all.map(({ timestamp }) => timestamp)).toEqual([1, 2])
  expect(b.all.map(({ timestamp }) => timestamp)).toEqual([1, 2, 3])
})
