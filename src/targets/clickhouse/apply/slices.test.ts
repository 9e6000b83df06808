import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../../apply/apply.js'
import { compile } from '../../../compile/compile.js'
import { testModel, trailing } from '../../../compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../../embedded/testing.js'
import type { ResourceOf } from '../../../model/resource.js'
import { plan } from '../../../plan/plan.js'
import { inTurn } from '../gently.js'
import { inSlice, slicesOf } from './slices.js'

const DAY = 86_400_000
// Yesterday at noon, so that what arrived spans three days.
const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

test.each(['DateTime64(3)', 'DateTime64(6)', 'DateTime'])(
  'each event that arrived before the cut-over is in one slice, with event times of %s',
  { timeout: 120_000 },
  async type => {
    const columns = { ts: type, region: 'LowCardinality(String)', value: 'Float64' }
    const model = testModel(columns, { total: { measure: 'sum(value)', window: trailing(3_600_000), by: ['region'] } })
    const project = `p${type.replace(/\W/g, '')}`
    const compiled = compile({ ...model, project })
    const clients = { clickhouse: ch.client }
    const { ok } = await apply(await plan(compiled, clients), clients, { database: project })
    expect(ok).toBe(true)
    // A second in which many came, days with few, events late by hours, and some that arrive after the cut-over.
    const insert = (rows: number, arrival: string, event: string) =>
      ch.client.command(
        `INSERT INTO ${project}.raw_events (ts, region, value, ingested_at)
         SELECT ${event}, ['a', 'b'][1 + number % 2], number, ${arrival} AS arrived FROM numbers(${rows})`,
      )
    const at = (ms: string): string => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`
    await insert(120_000, at(`${noon}`), at(`${noon} - number`))
    await insert(200_000, at(`${noon - DAY} + number * 400`), at(`${noon - DAY} + number * 400 - number % 7 * 3600000`))
    await insert(300, at(`${noon + DAY / 2} + number * 100`), at(`${noon}`))
    const from = noon + DAY / 2 + 20_000

    const rollup = compiled.resources.find(
      ({ kind }) => kind === 'clickhouse.rollup',
    ) as ResourceOf<'clickhouse.rollup'>
    const fill = { rollup, view: 'v', states: rollup.spec.states, from }
    const context = { clickhouse: ch.client, clients, database: project, applyId: 'a', progress: () => {} }
    const slices = await slicesOf(context, fill)
    expect(slices.length).toBeGreaterThanOrEqual(3)
    expect(slices.reduce((sum, { rows }) => sum + rows, 0)).toBe(320_200)
    for (const slice of slices) {
      expect(Math.floor((slice.to - 1) / DAY)).toBe(Math.floor(slice.from / DAY))
      const [row] = await ch.client.query<{ n: string }>(
        `SELECT count() AS n FROM ${project}.raw_events WHERE ${inSlice(slice, fill)}`,
      )
      expect(Number(row!.n)).toBe(slice.rows)
    }
    // From the ledger, whatever has arrived since.
    await insert(10, at(`${noon}`), at(`${noon}`))
    expect(await slicesOf(context, fill)).toEqual(slices)
  },
)

test('one piece of work at a time, in order, and a failure ends only its own', async () => {
  const order: string[] = []
  const work = (name: string, fails = false) =>
    inTurn(ch.client, async () => {
      order.push(`${name} begins`)
      await ch.client.command('SELECT sleep(0.05) FORMAT Null')
      order.push(`${name} ends`)
      if (fails) throw new Error(name)
    })
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})
