import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClickHouse, ClickHouseError } from '../../clients/clickhouse.js'
import { type TestClickHouse, testClickHouse } from '../../embedded/testing.js'
import { hold } from '../../targets/clickhouse/apply/hold.js'
import { configOf, createTables, shopSource, type TestIngest, testIngest } from './testing.js'

let ch: TestClickHouse
let run: TestIngest
const source = shopSource({ id: 'event_id', dedupMs: 600_000 })

beforeAll(async () => {
  ch = await testClickHouse()
  await createTables(ch.client, source)
  run = await testIngest(ch.client, configOf([source]))
})
afterAll(async () => {
  await run.stop()
  await ch.stop()
})

let next = 0
beforeEach(() => {
  next += 1000
})
const events = (from: number, count: number, more: object = {}) =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({ event_id: next + from + at, event_type: 'request', value: 1, ts: Date.now(), ...more }),
  ).join('\n')
const stored = async () => {
  const [row] = await ch.client.query<{ n: string }>(
    `SELECT count() AS n FROM shop.raw_events WHERE event_id >= ${next} AND event_id < ${next + 1000}`,
  )
  return Number(row!.n)
}

describe('an id seen within dedup counts once', () => {
  test('inside a request, between requests at once, and after a restart', async () => {
    const twice = await run.post(`${events(0, 3)}\n${events(1, 3)}`)
    expect(twice.body).toMatchObject({ accepted: 6, rejected: 0 })
    expect(await stored()).toBe(4)
    const answers = await Promise.all(Array.from({ length: 10 }, () => run.post(events(10, 50))))
    expect(answers.every(({ body }) => body.accepted === 50)).toBe(true)
    expect(await stored()).toBe(54)
    const again = await testIngest(ch.client, configOf([source]))
    expect((await again.post(events(0, 60))).body).toMatchObject({ accepted: 60 })
    expect(await stored()).toBe(60)
    expect(again.ingest.stats()[0]).toMatchObject({ accepted: 60, duplicates: 54 })
    await again.stop()
  })

  test.each(['String', 'UUID', 'UInt128', "DateTime64(6, 'UTC')"])(
    'also when it is a %s, after a restart',
    async type => {
      const table = `raw_${type.replace(/\W/g, '')}`
      const other = shopSource({
        table,
        deadLetters: `${table}_dead`,
        id: 'ref',
        dedupMs: 60_000,
        columns: [...shopSource().columns, { name: 'ref', type }],
      })
      await createTables(ch.client, other)
      const refs =
        type === 'UUID'
          ? ['61f0c404-5cb3-11e7-907b-a6006ad3dba0', '61F0C404-5cb3-11e7-907b-a6006ad3dba0']
          : ['12345678', '12345678']
      for (let round = 0; round < 2; round++) {
        const fresh = await testIngest(ch.client, configOf([other]))
        const { body } = await fresh.post(refs.map(ref => JSON.stringify({ ref, ts: Date.now() })).join('\n'))
        expect(body).toMatchObject({ accepted: 2, rejected: 0 })
        await fresh.stop()
      }
      expect(await ch.client.query(`SELECT count() AS n FROM shop.${table}`)).toEqual([{ n: '1' }])
    },
  )

  test('ids of a batch that failed for good are free again', async () => {
    const broken = shopSource({ ...source, name: 'broken', table: 'not_there', deadLetters: 'not_there_dead' })
    run.current = configOf([source, broken])
    const refused = await run.post(events(0, 2), {}, 'broken')
    expect(refused).toMatchObject({ status: 503, body: { error: 'backend_unavailable' } })
    await createTables(ch.client, broken, 0)
    expect(await run.post(events(0, 2), {}, 'broken')).toMatchObject({ status: 202, body: { accepted: 2 } })
    expect(await ch.client.query('SELECT count() AS n FROM shop.not_there')).toEqual([{ n: '2' }])
    run.current = configOf([source])
  })
})

describe('Idempotency-Key', () => {
  const plain = shopSource({ name: 'plain', table: 'plain', deadLetters: 'plain_dead' })
  const count = async () => Number((await ch.client.query<{ n: string }>('SELECT count() AS n FROM shop.plain'))[0]!.n)
  beforeAll(() => createTables(ch.client, plain))

  test('the same request counts once, with the same answer: later, at once, after a restart', async () => {
    run.current = configOf([source, plain])
    const body = `${events(0, 5)}\nbroken`
    const key = { 'idempotency-key': 'order-1' }
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => run.post(body, key, 'plain')))
    expect(first!.body).toMatchObject({ accepted: 5, rejected: 1, errors: [{ line: 6 }] })
    for (const other of [...others, await run.post(body, key, 'plain')]) expect(other.body).toEqual(first!.body)
    const again = await testIngest(ch.client, configOf([plain]))
    expect((await again.post(body, key, 'plain')).body).toMatchObject({ accepted: 5, rejected: 1 })
    await again.stop()
    expect(await count()).toBe(5)
    await run.post(body, { 'idempotency-key': 'order-2' }, 'plain')
    expect(await count()).toBe(10)
  })

  test('an empty or endless key is refused', async () => {
    expect(await run.post(events(0, 1), { 'idempotency-key': 'x'.repeat(256) })).toMatchObject({
      status: 400,
      body: { error: 'bad_idempotency_key' },
    })
  })
})

test('canaries set the reserved column only with their header, and are not deduplicated', async () => {
  const sent = Date.now()
  const canary = events(0, 1, { _canary: sent })
  await run.post(canary, { 'x-rtdash-canary': '1' })
  await run.post(canary, { 'x-rtdash-canary': '1' })
  await run.post(canary)
  const rows = await ch.client.query(
    `SELECT _canary, count() AS n FROM shop.raw_events WHERE event_id = ${next} GROUP BY _canary ORDER BY _canary`,
  )
  expect(rows).toEqual([
    { _canary: '0', n: '1' },
    { _canary: String(sent), n: '2' },
  ])
  expect(run.ingest.stats()[0]!.canaries).toBe(2)
})

test('a new column, and a column taken away, hold from the next request on', async () => {
  const before = run.current
  await run.post(events(0, 1, { extra: 'a' }))
  await ch.client.command('ALTER TABLE shop.raw_events ADD COLUMN extra String')
  const wider = shopSource({ ...source, columns: [...source.columns, { name: 'extra', type: 'String' }] })
  // Rows of both shapes wait at the same time.
  const old = run.post(events(1, 1, { extra: 'b' }))
  await sleep(5)
  run.current = configOf([wider])
  await Promise.all([old, run.post(events(2, 1, { extra: 'c' }))])
  const narrow = shopSource({ ...source, columns: source.columns.filter(({ name }) => name !== 'value') })
  run.current = configOf([narrow])
  await run.post(events(3, 1))
  const rows = await ch.client.query(
    `SELECT extra, value FROM shop.raw_events WHERE event_id >= ${next} AND event_id < ${next + 10} ORDER BY event_id`,
  )
  expect(rows).toEqual([
    { extra: '', value: 1 },
    { extra: '', value: 1 },
    { extra: 'c', value: 1 },
    { extra: '', value: 0 },
  ])
  run.current = before
})

test('a request may reach over hundreds of daily partitions of a rollup', async () => {
  const old = shopSource({ name: 'old', table: 'old', deadLetters: 'old_dead', accept: { olderMs: null, newerMs: 0 } })
  await createTables(ch.client, old)
  const before = run.current
  run.current = configOf([old])
  const days = Array.from({ length: 400 }, (_, day) => JSON.stringify({ ts: Date.UTC(2001, 0, 1 + day) }))
  expect(await run.post(days.join('\n'), {}, 'old')).toMatchObject({ status: 202, body: { accepted: 400 } })
  expect(await ch.client.query('SELECT sum(n) AS n FROM shop.rollup_old_0')).toEqual([{ n: '400' }])
  run.current = before
})

test('a body cut off by its client stores nothing', async () => {
  const socket = connect(Number(new URL(run.url).port), '127.0.0.1')
  socket.write(`POST /ingest/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${events(0, 5)}\n`)
  await sleep(100)
  socket.destroy()
  expect((await run.post(events(100, 1))).status).toBe(202)
  expect(await stored()).toBe(1)
})

describe('trouble', () => {
  /** ClickHouse as it is, but `fail` may make an insert fail before or after it took effect. */
  const troubled = (fail: (attempt: number) => 'before' | 'after' | undefined): ClickHouse => {
    let attempt = 0
    return {
      ...ch.client,
      async insert(...call) {
        const how = fail(++attempt)
        if (how !== 'before') await ch.client.insert(...call)
        if (how) throw new ClickHouseError(0, 'ECONNRESET', 'socket hang up', true)
      },
    }
  }

  test('an insert that failed, or whose answer was lost, is sent again and counts once', async () => {
    const hard = await testIngest(
      troubled(attempt => (attempt === 1 ? 'before' : attempt < 4 ? 'after' : undefined)),
      configOf([source]),
    )
    expect(await hard.post(`${events(0, 10)}\nbroken`)).toMatchObject({
      status: 202,
      body: { accepted: 10, rejected: 1 },
    })
    expect(await stored()).toBe(10)
    const dead = await ch.client.query(
      `SELECT count() AS n FROM shop.raw_events_dead_letters WHERE _batch = (SELECT any(_batch) FROM shop.raw_events WHERE event_id = ${next})`,
    )
    expect(dead).toEqual([{ n: '1' }])
    const [sums] = await ch.client.query<{ raw: string; rollup: string }>(
      'SELECT (SELECT count() FROM shop.raw_events WHERE _canary = 0) AS raw, (SELECT sum(n) FROM shop.rollup_raw_events_0) AS rollup',
    )
    expect(sums!.rollup).toBe(sums!.raw)
    await hard.stop()
  })

  test('while an apply holds events back requests wait, and each counts once', async () => {
    const context = { clickhouse: ch.client, clients: { clickhouse: ch.client }, database: 'shop' }
    let sent: Promise<unknown>[] = []
    await hold({ ...context, applyId: 'test', progress: () => {} }, 'raw_events', async () => {
      sent = [run.post(events(0, 3)), run.post(events(3, 4))]
      await sleep(200)
      expect(await stored()).toBe(0)
    })
    expect(await Promise.all(sent)).toMatchObject([{ status: 202 }, { status: 202 }])
    expect(await stored()).toBe(7)
  })

  test('while ClickHouse is away requests get 503 in time, and what was sent counts once when it is back', async () => {
    let away = true
    const limits = { ackMs: 300, downMs: 200 }
    const hard = await testIngest(
      troubled(() => (away ? 'before' : undefined)),
      configOf([source]),
      { limits },
    )
    const key = { 'idempotency-key': `away-${next}` }
    const first = await hard.post(events(0, 3), key)
    expect(first).toMatchObject({ status: 503, body: { error: 'backend_unavailable' } })
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0)
    // Refused at once from now on: nothing of it waits.
    await sleep(1000)
    expect(await hard.post(events(10, 1))).toMatchObject({ status: 503 })
    away = false
    let answer = await hard.post(events(0, 3), key)
    for (; answer.status === 503; answer = await hard.post(events(0, 3), key)) await sleep(100)
    expect(answer.body).toMatchObject({ accepted: 3 })
    expect(await stored()).toBe(3)
    await hard.stop()
  })

  test('more in flight than memory is set aside for: 429 before it grows', async () => {
    let away = true
    const limits = { inFlightBytes: 150_000, ackMs: 5000, downMs: 60_000, windowMs: 5 }
    const hard = await testIngest(
      troubled(() => (away ? 'before' : undefined)),
      configOf([source]),
      { limits },
    )
    const waiting = [hard.post(events(0, 900)), hard.post(events(0, 900)), hard.post(events(0, 900))]
    await sleep(300)
    const refused = await hard.post(events(0, 900))
    expect(refused).toMatchObject({ status: 429, body: { error: 'overloaded' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    away = false
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([202, 202, 202])
    expect(await stored()).toBe(900)
    await hard.stop()
  })
})
