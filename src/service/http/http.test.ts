import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRaw, openSocket } from '../testing/clients.js'
import { metric, metrics } from '../testing/fixture.js'
import { type Harness, startHarness } from '../testing/harness.js'

let harness: Harness
const folder = mkdtempSync(join(tmpdir(), 'rtdash-page-'))
const webDir = join(folder, 'page')

beforeAll(async () => {
  mkdirSync(join(webDir, 'assets'), { recursive: true })
  writeFileSync(join(webDir, 'index.html'), '<title>page</title>')
  writeFileSync(join(webDir, 'assets', 'index-B4x_9aQz.js'), 'let x')
  writeFileSync(join(webDir, '.hidden'), 'hidden')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const nothing = metric('shop', { name: 'nothing', value: 'NULL', windowMs: 1000, refreshMs: 500, empty: null })
  harness = await startHarness([...metrics('shop'), nothing], { webDir })
})
afterAll(async () => {
  await harness?.stop()
  rmSync(folder, { recursive: true })
})

/** Sends the path as it is: fetch would tidy it up first. */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const { hostname, port } = new URL(harness.service.url)
    const req = request({ hostname, port, path, method, headers }, res => {
      let body = ''
      res.on('data', chunk => {
        body += chunk
      })
      res.on('end', () => resolve({ status: res.statusCode!, body, headers: res.headers }))
    })
    req.on('error', reject).end()
  })

test.each([
  ['GET', '/nope', 404],
  ['POST', '/nope', 404],
  ['GET', '/api/metrics/nope', 404],
  ['GET', '/api/metrics/nope/history', 404],
  ['GET', '/api/metrics/%ff', 400],
  ['GET', '/api/metrics/a/b/c', 404],
  ['POST', '/api/metrics', 405],
  ['DELETE', '/healthz', 405],
  ['GET', '/ingest/events', 405],
  ['GET', '/events', 400],
  ['GET', '/events?metric=nope', 404],
  ['GET', '/ws', 426],
  ['GET', '/../secret.txt', 404],
  ['GET', '/..%2fsecret.txt', 404],
  ['GET', '/%2e%2e/secret.txt', 404],
  ['GET', '/assets/..%5c..%5csecret.txt', 404],
  ['GET', '/.hidden', 404],
  ['GET', '/index.html%00.js', 404],
  ['GET', '/assets', 404],
  ['GET', '/%', 404],
  ['GET', '//', 404],
])('%s %s is %i, with a code and a message', async (method, path, status) => {
  const answer = await raw(path, {}, method)
  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    status,
    { error: expect.any(String), message: expect.any(String) },
  ])
  if (status === 405) expect(answer.headers.allow).toContain('OPTIONS')
})

test('HEAD has the headers of GET and no body; OPTIONS says what is allowed', async () => {
  const head = await raw('/api/metrics', {}, 'HEAD')
  expect([head.status, head.body, head.headers['content-type']]).toEqual([200, '', 'application/json; charset=utf-8'])
  const options = await raw('/ingest/events', {}, 'OPTIONS')
  expect([options.status, options.headers.allow]).toEqual([204, 'POST, OPTIONS'])
  expect((await raw('/events?metric=revenue', {}, 'HEAD')).status).toBe(200)
})

test('the page is served, hashed files for ever', async () => {
  const page = await raw('/')
  expect([page.status, page.body, page.headers['content-type'], page.headers['cache-control']]).toEqual([
    200,
    '<title>page</title>',
    'text/html; charset=utf-8',
    'no-cache',
  ])
  const asset = await raw('/assets/index-B4x_9aQz.js')
  expect([asset.body, asset.headers['content-type']]).toEqual(['let x', 'text/javascript; charset=utf-8'])
  expect(asset.headers['cache-control']).toContain('immutable')
  expect((await raw('/', { 'If-None-Match': String(page.headers.etag) })).status).toBe(304)
})

test('a name that was pointed at this machine reads nothing', async () => {
  expect((await raw('/api/metrics', { Host: 'evil.example.com' })).status).toBe(403)
  expect((await raw('/api/metrics', { Host: 'localhost:8080' })).status).toBe(200)
  const post = await fetch(`${harness.service.url}/ingest/events`, {
    method: 'POST',
    headers: { Origin: 'https://evil.example.com' },
    body: '{}',
  })
  expect(post.status).toBe(403)
})

test('events sent to ingest come out of the metrics, and are counted', async () => {
  const at = Date.now() - 5000
  const post = (body: unknown) =>
    fetch(`${harness.service.url}/ingest/events`, { method: 'POST', body: JSON.stringify(body) })
  const event = { event_type: 'request', region: 'eu', amount: '2.5', ts: new Date(at).toISOString() }
  const answer = await post([event, { ...event, region: 'us' }, { ...event, ts: 'yesterday' }])
  expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ accepted: 2, rejected: 1 })])
  expect(await harness.json(`/api/metrics/revenue?at=${at + 1000}`)).toMatchObject({ value: 5, exact: '5' })
  expect((await raw('/metrics')).body).toContain('rtdash_events_accepted_total{source="events"} 2')
  expect(await harness.json('/api/status')).toMatchObject({ ingest: [{ source: 'events', accepted: 2, rejected: 1 }] })
  const unknown = await fetch(`${harness.service.url}/ingest/nope`, { method: 'POST', body: '{}' })
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    { error: expect.any(String), message: expect.any(String) },
  ])
})

test('the exporter has every metric, and OpenAPI names every path', async () => {
  await expect.poll(async () => (await raw('/metrics')).body).toContain('rtdash_metric_value{metric="requests"} 0')
  const { body } = await raw('/metrics')
  for (const name of [
    'metric_freshness_seconds',
    'metric_query_seconds_bucket',
    'connections',
    'queue_drops_total',
    'deliveries_total',
  ])
    expect(body).toContain(`rtdash_${name}`)
  expect(body).not.toContain('rtdash_metric_value{metric="nothing"}') // null: absent
  const { openapi, paths } = (await harness.json('/api/openapi.json')) as { openapi: string; paths: object }
  expect(openapi).toBe('3.1.0')
  for (const path of Object.keys(paths)) {
    const method = path.startsWith('/ingest') ? 'POST' : 'HEAD'
    const known = await raw(path.replace('{name}', 'requests').replace('{source}', 'events'), {}, method)
    expect([path, known.status]).not.toEqual([path, 405])
  }
})

test('the exporter has the series of metrics that have dimensions', async () => {
  const scrape = async () => {
    await harness.insert([{ at: Date.now(), region: 'eu' }])
    return (await raw('/metrics')).body
  }
  await expect
    .poll(scrape, { timeout: 10_000 })
    .toMatch(/rtdash_metric_series_value\{region="eu",metric="requests"\} [1-9]/)
})

test('status tells how each metric is doing', async () => {
  await expect
    .poll(() => harness.json('/api/status'))
    .toMatchObject({
      database: 'ok',
      viewers: { ws: 0, sse: 0 },
      metrics: [
        {
          name: 'requests',
          stale: false,
          failures: 0,
          error: null,
          query_ms: { n: expect.any(Number), p50: expect.any(Number) },
        },
        { name: 'error_rate', stale: false },
        { name: 'revenue', stale: false },
        { name: 'nothing', stale: false, value: null },
      ],
    })
})

test('malformed and oversized messages are answered, and end the connection when repeated', async () => {
  const client = await openSocket(harness.service.url)
  for (const message of ['{', '[]', '{"action":"dance","metric":"a"}', '{"action":"subscribe"}']) client.send(message)
  expect(await client.closed).toBe(1008)
  expect(client.inbox.all[0]).toMatchObject({
    metric: null,
    value: null,
    timestamp: expect.any(Number),
    error: 'bad_request',
  })
  const large = await openSocket(harness.service.url)
  large.send(JSON.stringify({ action: 'subscribe', metric: 'x'.repeat(5000) }))
  await large.inbox.until(all => all.some(({ error }) => error === 'too_large'))
  large.send({ action: 'subscribe', metric: 'nope' })
  await large.inbox.until(all => all.some(({ error }) => error === 'unknown_metric'))
  large.send(JSON.stringify({ action: 'subscribe', metric: 'x'.repeat(5000) }))
  expect(await large.closed).toBe(1009)
  const huge = await openSocket(harness.service.url)
  huge.send('x'.repeat(100_000))
  expect(await huge.closed).toBe(1009)
})

test('too many messages, and too many subscriptions', async () => {
  const client = await openSocket(harness.service.url)
  const names = Array.from({ length: 600 }, () => ({ action: 'unsubscribe', metric: 'a' }))
  for (const message of names) client.send(message)
  expect(await client.closed).toBe(1008)
  expect(client.inbox.all[0]).toMatchObject({ error: 'too_many_messages' })
})

test('what is not HTTP, or too large, is refused in the same words', async () => {
  const noise = await openRaw(harness.service.url, 'hello\r\n\r\n')
  await noise.closed
  expect(noise.received).toMatch(/^HTTP\/1.1 400 .*"error":"bad_request"/s)
  const large = await raw('/healthz', { 'X-Large': 'x'.repeat(20_000) })
  expect([large.status, JSON.parse(large.body)]).toEqual([
    431,
    { error: 'headers_too_large', message: expect.any(String) },
  ])
})

test('a request that never ends its headers is ended', async () => {
  const slow = await openRaw(harness.service.url, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ')
  const start = Date.now()
  await slow.closed
  expect(slow.received).toMatch(/^HTTP\/1.1 408 .*"error":"timeout"/s)
  expect(Date.now() - start).toBeLessThan(20_000)
})

test('stop says goodbye with 1001 to many, and ends streams', async () => {
  const second = await startHarness(metrics('shop'), { drainMs: 500 })
  const clients = await Promise.all(Array.from({ length: 50 }, () => openSocket(second.service.url)))
  const stream = await openRaw(second.service.url, 'GET /events?metric=requests HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await expect.poll(() => stream.received).toContain('retry:')
  await second.stop()
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => 1001))
  await stream.closed
})
