import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../embedded/testing.js'
import { configOf, createTables, shopSource, type TestIngest, testIngest } from '../service/ingest/testing.js'
import { createEvents } from './events.js'
import { simulate } from './simulate.js'

const source = shopSource({
  id: 'event_id',
  dedupMs: 600_000,
  columns: [
    ...shopSource().columns,
    { name: 'price', type: 'Decimal(9, 2)' },
    { name: 'status', type: 'UInt16' },
    { name: 'kind', type: "Enum8('a' = 1, 'b' = 2)" },
    { name: 'session', type: 'UUID' },
    { name: 'address', type: 'IPv4' },
    { name: 'note', type: 'Nullable(String)' },
    { name: 'small', type: 'Int8' },
    { name: 'day', type: 'Date' },
    { name: 'ok', type: 'Bool' },
  ],
})

interface Event {
  event_id: number
  event_type: string
  user_id: number
  ts: number
}

describe('events', () => {
  const now = Date.UTC(2026, 0, 5, 12)
  const make = (seed: number, count: number, hints = {}) => {
    const next = createEvents(source, seed, hints)
    return Array.from({ length: count }, () => JSON.parse(next(now)) as Event)
  }

  test('the same seed makes the same events, another one others', () => {
    expect(make(1, 500)).toEqual(make(1, 500))
    expect(make(1, 500)).not.toEqual(make(2, 500))
  })

  test('few values are frequent, some events are late, some are sent twice', () => {
    const events = make(3, 20_000)
    const users = new Map<number, number>()
    for (const { user_id } of events) users.set(user_id, (users.get(user_id) ?? 0) + 1)
    expect(Math.max(...users.values())).toBeGreaterThan(200)
    expect(users.size).toBeGreaterThan(1000)
    const late = events.filter(({ ts }) => ts < now)
    expect(late.length).toBeGreaterThan(100)
    expect(late.length).toBeLessThan(400)
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBeLessThan(20_000)
    expect(new Set(events.map(({ event_type }) => event_type))).toEqual(
      new Set(['request', 'page_view', 'purchase', 'error']),
    )
  })

  test('what metrics compare with occurs', () => {
    const types = new Set(make(4, 2000, { event_type: ['refund'] }).map(({ event_type }) => event_type))
    expect(types).toContain('refund')
    expect(types).toContain('request')
  })
})

describe('sending', () => {
  let ch: TestClickHouse
  let run: TestIngest
  beforeAll(async () => {
    ch = await testClickHouse()
    await createTables(ch.client, source)
    run = await testIngest(ch.client, configOf([source]))
  })
  afterAll(async () => {
    await run.stop()
    await ch.stop()
  })

  test('every event is accepted and counted once', async () => {
    const result = await simulate({
      source,
      url: run.url,
      rate: 2000,
      durationMs: 1500,
      seed: 5,
      signal: new AbortController().signal,
    })
    expect(result).toMatchObject({ sent: 3000, accepted: 3000, rejected: 0 })
    const [row] = await ch.client.query<{ n: string; ids: string }>(
      'SELECT count() AS n, uniqExact(event_id) AS ids FROM shop.raw_events',
    )
    expect(row!.n).toBe(row!.ids)
    expect(Number(row!.n)).toBe(3000 - run.ingest.stats()[0]!.duplicates)
  })

  test('overload is waited out under the same key, a refusal ends it', async () => {
    const attempts = new Map<string, number>()
    let refuse = 0
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const key = String(request.headers['idempotency-key'])
      const attempt = (attempts.get(key) ?? 0) + 1
      attempts.set(key, attempt)
      if (refuse > 0) response.writeHead(refuse).end('{"error":"wrong_token","message":"no"}')
      else if (attempt === 1) response.writeHead(404).end('{}')
      else if (attempt === 2) response.writeHead(429, { 'retry-after': '0' }).end('{}')
      else if (attempt === 3) response.destroy()
      else response.writeHead(202).end(JSON.stringify({ accepted: body.split('\n').length, rejected: 0, errors: [] }))
    })
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const options = { source, url, rate: 50, durationMs: 100, seed: 1, signal: new AbortController().signal }
    expect(await simulate(options)).toMatchObject({ sent: 5, accepted: 5 })
    expect([...attempts.values()].every(count => count === 4)).toBe(true)
    for (refuse of [403, 404]) await expect(simulate(options)).rejects.toThrow(`answered ${refuse}: no`)
    server.closeAllConnections()
    server.close()
  })

  test('after a stall of more than a second it goes on', async () => {
    const held: (() => void)[] = []
    let answering = false
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const answer = () =>
        response.writeHead(202).end(JSON.stringify({ accepted: body.split('\n').length, rejected: 0 }))
      if (answering) answer()
      else held.push(answer)
    })
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const stop = new AbortController()
    let accepted = 0
    const sending = simulate({
      source,
      url,
      rate: 500,
      seed: 1,
      signal: stop.signal,
      onProgress: sofar => {
        accepted = sofar.accepted
      },
    })
    // As many as may be under way, and none answered until far more than a second's worth is due.
    await expect.poll(() => held.length).toBe(16)
    await new Promise(resolve => setTimeout(resolve, 2500))
    answering = true
    for (const answer of held) answer()
    await expect.poll(() => accepted).toBeGreaterThan(2000)
    stop.abort()
    await sending
    server.closeAllConnections()
    server.close()
  })

  test('an abort ends it with what was sent so far', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 300)
    const result = await simulate({ source, url: run.url, rate: 200, seed: 6, signal: stop.signal })
    expect(result.accepted).toBe(result.sent)
    expect(result.sent).toBeGreaterThan(0)
  })
})
