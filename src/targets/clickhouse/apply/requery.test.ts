import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../../apply/apply.js'
import { inexact, mortal, writeOn } from '../../../backfill/testing.js'
import type { ClickHouse } from '../../../clients/clickhouse.js'
import { compile } from '../../../compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../../compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../../embedded/testing.js'
import { plan } from '../../../plan/plan.js'

// A view learns to compute less while events come, each third batch of them twice: wherever the process is killed, and
// whatever was first stored just then, the same batch stored before, within and after counts once.

const HOUR = 3_600_000
const columns = { ts: 'DateTime64(3)', user_id: 'UInt64', value: 'Float64', region: 'LowCardinality(String)' }
const total: ShortMetric = { measure: 'count()', window: trailing(HOUR), by: ['region'] }
const both = compile(testModel(columns, { total, value: { ...total, measure: 'sum(value)' } }))
const one = compile(testModel(columns, { total }))

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

const applied = async (compiled: typeof both, client: ClickHouse): Promise<string[]> => {
  const clients = { clickhouse: client }
  const wanted = await plan(compiled, clients, { drop: true })
  const { results } = await apply(wanted, clients, { database: 'shop', allowDestructive: true })
  return results.flatMap(({ error }) => error ?? [])
}
const requeries = async (): Promise<number> =>
  (await plan(one, { clickhouse: ch.client }, { drop: true })).changes
    .flatMap(({ steps }) => steps)
    .filter(({ run }) => run === 'requery').length

test('a batch sent again counts once, wherever the change of a view was killed', { timeout: 300_000 }, async () => {
  expect(await applied(both, ch.client)).toEqual([])
  expect(await requeries()).toBe(1)
  const { client, ran } = mortal(ch.client, Number.POSITIVE_INFINITY)
  const writer = writeOn(ch.client, 'shop.raw_events', HOUR)
  expect(await applied(one, client)).toEqual([])
  await writer.stop()
  expect(await inexact(ch.client, one)).toEqual([])

  const wrong: string[] = []
  for (let after = 1; after < ran(); after++) {
    expect(await applied(both, ch.client)).toEqual([])
    const writing = writeOn(ch.client, 'shop.raw_events', HOUR)
    await applied(one, mortal(ch.client, after).client).catch(error => expect(error.message).toBe('killed'))
    expect(await applied(one, ch.client)).toEqual([])
    await writing.stop()
    expect((await plan(one, { clickhouse: ch.client }, { drop: true })).changes).toEqual([])
    wrong.push(...(await inexact(ch.client, one)).map(text => `killed after ${after}: ${text}`))
  }
  expect(ran()).toBeGreaterThan(6)
  expect(wrong).toEqual([])
})
