import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestClickHouse, testClickHouse } from '../../embedded/testing.js'
import { configOf, createTables, shopSource, type TestIngest, testIngest } from './testing.js'

let ch: TestClickHouse
let run: TestIngest
const source = shopSource()

beforeAll(async () => {
  ch = await testClickHouse()
  await createTables(ch.client, source)
  run = await testIngest(ch.client, configOf([source]))
})
afterAll(async () => {
  await run.stop()
  await ch.stop()
})

const event = (id: number, more: object = {}) =>
  JSON.stringify({ event_id: id, event_type: 'request', user_id: 7, value: 1.5, ts: Date.now(), ...more })
const rows = (where: string) =>
  ch.client.query<Record<string, unknown>>(`SELECT * FROM shop.raw_events WHERE ${where} ORDER BY event_id`)

describe('bodies', () => {
  test('lines become rows, in any of the three forms', async () => {
    const lines = await run.post(`${event(1)}\n\n${event(2)}\n`)
    expect(lines).toMatchObject({ status: 202, body: { accepted: 2, rejected: 0, errors: [] } })
    const array = await run.post(`[${event(3)}, ${event(4, { event_type: 'a,]"\\}' })}]`, {
      'content-type': 'application/json',
    })
    expect(array).toMatchObject({ status: 202, body: { accepted: 2 } })
    const pretty = await run.post(JSON.stringify(JSON.parse(event(5)), null, 2))
    expect(pretty).toMatchObject({ status: 202, body: { accepted: 1 } })
    const packed = await run.post(gzipSync(event(6)), { 'content-encoding': 'gzip' })
    expect(packed).toMatchObject({ status: 202, body: { accepted: 1 } })
    expect((await rows('event_id <= 6')).map(row => row.event_id)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect((await rows('event_id = 4'))[0]!.event_type).toBe('a,]"\\}')
  })

  test('nested fields and defaults', async () => {
    await run.post(`${event(10, { geo: { region: 'eu-west' } })}\n${event(11, { geo: 'nowhere' })}`)
    expect((await rows('event_id in (10, 11)')).map(row => row.region)).toEqual(['eu-west', 'unknown'])
  })

  test('a broken line is rejected by number, its neighbours are stored, and its text is kept', async () => {
    const { status, body } = await run.post(
      `${event(20)}\n{"event_id": 21,\n${event(22, { value: 'much' })}\n${event(23)}`,
    )
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, rejected: 2 })
    expect(body.errors).toEqual([
      { line: 2, column: null, message: expect.stringContaining('not JSON') },
      { line: 3, column: 'value', message: '"much" is not a number' },
    ])
    const dead = await ch.client.query(
      'SELECT reason, line, column, event FROM shop.raw_events_dead_letters ORDER BY line',
    )
    expect(dead).toEqual([
      { reason: 'bad_json', line: 2, column: '', event: '{"event_id": 21,' },
      { reason: 'bad_value', line: 3, column: 'value', event: expect.stringContaining('"much"') },
    ])
  })

  test('times outside what the source accepts are rejected', async () => {
    const { body } = await run.post(
      `${event(30, { ts: Date.now() - 8 * 86_400_000 })}\n${event(31, { ts: '2200-01-01' })}\n{"event_id":32}`,
    )
    expect(body).toMatchObject({ accepted: 0, rejected: 3 })
    expect(body.errors!.map(({ column }) => column)).toEqual(['ts', 'ts', 'ts'])
  })
})

describe('refusals', () => {
  test.each([
    ['hello', 400, 'bad_json'],
    ['{"a":', 400, 'bad_json'],
    ['[{"a":1}', 400, 'bad_json'],
    ['[{}] {}', 400, 'bad_json'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 400, 'bad_encoding'],
  ])('body %j', async (body, status, code) => {
    expect(await run.post(body)).toMatchObject({ status, body: { error: code, message: expect.any(String) } })
  })

  test('headers and paths', async () => {
    expect(await run.post('{}', { 'content-type': 'text/xml' })).toMatchObject({ status: 415 })
    expect(await run.post('{}', { 'content-encoding': 'br' })).toMatchObject({ status: 415 })
    expect(await run.post('{}', { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { error: 'bad_encoding' },
    })
    expect(await run.post('{}', {}, 'nope')).toMatchObject({ status: 404, body: { error: 'unknown_source' } })
    expect((await fetch(`${run.url}/ingest/events`)).status).toBe(405)
  })

  test('write tokens', async () => {
    const guarded = await testIngest(ch.client, configOf([source]), { tokens: ['secret'] })
    expect(await guarded.post(event(40))).toMatchObject({ status: 401, body: { error: 'missing_token' } })
    expect(await guarded.post(event(40), { authorization: 'Bearer wrong!' })).toMatchObject({ status: 403 })
    expect(await guarded.post(event(40), { authorization: 'Bearer secret' })).toMatchObject({ status: 202 })
    await guarded.stop()
  })

  test('more than 16 MiB, plain or unpacked, stores nothing', async () => {
    const big = `${event(50)}\n`.repeat(260_000)
    expect(await run.post(big)).toMatchObject({ status: 413, body: { error: 'too_large' } })
    expect(await run.post(gzipSync(big), { 'content-encoding': 'gzip' })).toMatchObject({ status: 413 })
    expect(await rows('event_id = 50')).toEqual([])
  })

  test('without a configuration', async () => {
    const bare = await testIngest(ch.client, undefined)
    const answer = await bare.post('{}')
    expect(answer).toMatchObject({ status: 503, body: { error: 'no_configuration' } })
    expect(answer.headers.get('retry-after')).toBe('2')
    await bare.stop()
  })
})
