import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { ApplyRefused } from '../../src/apply/refused.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Source } from '../../src/model/model.js'
import { plan } from '../../src/plan/plan.js'
import { PlanError } from '../../src/plan/planError.js'

const MINUTE = 60_000
const columns = {
  event_type: 'LowCardinality(String)',
  user_id: 'UInt64',
  value: 'Float64',
  ts: 'DateTime64(3)',
  region: 'LowCardinality(String)',
}
const metrics: Record<string, ShortMetric> = {
  rps: { tier: 1, measure: 'per_second(count())', window: trailing(1000), by: ['region'] },
  errors: { measure: "count() filter (where event_type = 'error') / count()", window: trailing(5 * MINUTE) },
  revenue: { measure: 'sum(value)', where: "event_type = 'purchase'", window: { kind: 'calendar', unit: 'day' } },
  users: { tier: 3, measure: 'uniq(user_id)', window: { kind: 'calendar', unit: 'day' } },
  p99: { measure: 'quantile(0.99, value)', window: trailing(60 * MINUTE), refreshMs: 30_000 },
}

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())

const compiled = (list = metrics, source: Partial<Source> = {}, cols: Record<string, string> = columns): Compiled =>
  compile(testModel(cols, list, { timezone: 'Europe/Berlin', source }))
const planned = (c: Compiled, drop = false) => plan(c, { clickhouse: ch.client }, { drop })
const changed = async (c: Compiled) => (await planned(c)).changes.map(change => `${change.action} ${change.id}`)

async function applied(c: Compiled, allowDestructive = false) {
  const result = await apply(
    await planned(c, allowDestructive),
    { clickhouse: ch.client },
    { database: 'shop', allowDestructive },
  )
  expect(result.results.filter(r => !r.ok)).toEqual([])
  return result
}

const insert = (rows: number, offset = 0) =>
  ch.client.command(
    `INSERT INTO shop.raw_events (event_type, user_id, value, ts, region) SELECT ['request', 'error', 'purchase'][1 + number % 3], number % 500, number % 1000, now64(3) - (number + ${offset}) / 500, ['eu', 'us'][1 + number % 2] FROM numbers(${rows})`,
  )

/** Each metric's value at one instant, against the same states computed from raw by a fresh compile of the same queries. */
async function exact(c: Compiled): Promise<void> {
  const asof = new Date(Math.floor((Date.now() + MINUTE) / 300_000) * 300_000)
  for (const resource of c.resources) {
    if (resource.kind !== 'clickhouse.rollup') continue
    for (const state of resource.spec.states) {
      const merge = state.name.startsWith('count') || state.name.startsWith('sum') ? 'sum' : undefined
      if (!merge) continue
      const [stored] = await ch.client.query<{ v: string }>(
        `SELECT toFloat64(${merge}(${state.name})) AS v FROM shop.${resource.spec.table.name}`,
      )
      const [direct] = await ch.client.query<{ v: string }>(
        `SELECT toFloat64(${state.sql}) AS v FROM shop.raw_events WHERE _canary = 0`,
      )
      expect(`${state.name} ${stored!.v}`).toBe(`${state.name} ${direct!.v}`)
    }
  }
  for (const metric of c.service.metrics) expect(await ch.client.query(metric.query, { asof })).not.toHaveLength(0)
}

beforeEach(() => ch.client.command('DROP DATABASE IF EXISTS shop SYNC'))

describe('plan and apply', () => {
  it('is empty right after an apply, and the second apply does nothing', async () => {
    await applied(compiled())
    expect(await changed(compiled())).toEqual([])
    expect((await applied(compiled())).results).toEqual([])
  })

  it('goes back to an earlier configuration', async () => {
    const more = { ...metrics, orders: { measure: 'count()', window: trailing(MINUTE) } }
    for (const list of [metrics, more, metrics, more]) {
      await applied(compiled(list))
      expect(await changed(compiled(list))).toEqual([])
    }
  })

  it('adds a metric to a live pipeline: exact while events flow', async () => {
    await applied(compiled())
    await insert(50_000)
    const more = {
      ...metrics,
      orders: { measure: "count() filter (where event_type = 'purchase')", window: trailing(10 * MINUTE) },
      top: { measure: 'sum(value)', window: trailing(MINUTE), by: ['event_type'] },
    }
    let writing = true
    const writer = (async () => {
      for (let i = 0; writing; i += 100) await insert(100, i)
    })()
    await applied(compiled(more))
    writing = false
    await writer
    expect(await changed(compiled(more))).toEqual([])
    await exact(compiled(more))
  })

  it('keeps what nobody reads until told, and then drops it', async () => {
    await applied(compiled())
    await insert(1000)
    const { errors: _, ...fewer } = metrics
    await applied(compiled(fewer))
    const after = await planned(compiled(fewer))
    expect(after.changes).toEqual([])
    expect(after.unused.length).toBeGreaterThan(0)
    await applied(compiled(fewer), true)
    expect((await planned(compiled(fewer))).unused).toEqual([])
    await insert(1000)
    await exact(compiled(fewer))
  })

  it('refuses to lose events without permission, and loses nothing then', async () => {
    await applied(compiled())
    await insert(1000)
    const shorter = compiled(metrics, { retention: { topicMs: null, rawMs: 86_400_000, rollupMs: null } })
    const elsewhere = compiled(metrics, { table: 'other_events' })
    const { value: _, ...fewer } = columns
    const narrower = compiled({ rps: metrics.rps! }, {}, fewer)
    for (const [c, id] of [
      [shorter, 'clickhouse.table/raw_events'],
      [elsewhere, 'clickhouse.table/raw_events'],
      [narrower, 'clickhouse.table/raw_events#columns'],
    ] as const) {
      const p = await planned(c)
      expect(p.changes.filter(change => change.risk === 'destructive').map(change => change.id)).toContain(id)
      await expect(apply(p, { clickhouse: ch.client }, { database: 'shop' })).rejects.toThrow(ApplyRefused)
    }
    expect(await ch.client.query('SELECT count() AS n FROM shop.raw_events')).toEqual([{ n: '1000' }])
  })

  it('changes retention from days to years and back in place', async () => {
    const keeping = (days: number) =>
      compiled(metrics, { retention: { topicMs: null, rawMs: 30 * 86_400_000, rollupMs: days * 86_400_000 } })
    await applied(keeping(30)) // daily partitions, where years would get monthly ones
    await insert(1000)
    for (const days of [800, 30]) {
      const step = await planned(keeping(days))
      expect(step.changes.map(change => [change.action, change.risk])).toContainEqual([
        'update',
        days === 30 ? 'destructive' : 'safe',
      ])
      await applied(keeping(days), days === 30)
      expect(await changed(keeping(days))).toEqual([])
      await exact(keeping(days))
    }
  })

  it('repairs what was changed by hand, and only that', async () => {
    await applied(compiled())
    await insert(3000)
    const [view] = await ch.client.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = 'shop' AND startsWith(name, 'rollup_events_5s__')",
    )
    await ch.client.command(`DROP TABLE shop.${view!.name} SYNC`)
    await insert(500) // counted in raw, missed by the rollup
    await ch.client.command('ALTER TABLE shop.raw_events MODIFY TTL toDateTime(ingested_at) + toIntervalDay(10)')
    await ch.client.command("CREATE OR REPLACE VIEW shop.p99 AS SELECT 1 AS value COMMENT 'rtdash:clickhouse.view/p99'")
    expect(await changed(compiled())).toEqual([
      'update clickhouse.table/raw_events',
      'update clickhouse.rollup/rollup_events_5s',
      'update clickhouse.view/p99',
    ])
    await applied(compiled())
    expect(await changed(compiled())).toEqual([])
    await exact(compiled())
  })

  it('notices a view whose query was changed', async () => {
    await applied(compiled())
    await insert(3000)
    const [view] = await ch.client.query<{ name: string; as_select: string }>(
      "SELECT name, as_select FROM system.tables WHERE database = 'shop' AND startsWith(name, 'rollup_events_250ms_by_region__')",
    )
    await ch.client.command(
      `ALTER TABLE shop.${view!.name} MODIFY QUERY ${view!.as_select.replace('count()', 'count() * 2')}`,
    )
    await insert(500)
    expect(await changed(compiled())).toEqual(['update clickhouse.rollup/rollup_events_250ms_by_region'])
    await applied(compiled())
    await exact(compiled())
  })

  it('never takes over what it did not make', async () => {
    await ch.client.command('CREATE DATABASE shop')
    await ch.client.command('CREATE TABLE shop.raw_events (a UInt8) ENGINE = MergeTree ORDER BY a')
    await expect(planned(compiled())).rejects.toThrow(PlanError)
  })

  it('says what an engine cannot do in place', async () => {
    await applied(compiled())
    await expect(planned(compiled(metrics, {}, { ...columns, value: 'Float32' }))).rejects.toThrow(
      /value is Float64 and cannot become Float32/,
    )
    const { model } = compiled()
    const clustered = { kind: 'server', url: { template: 'http://c' }, cluster: 'main' } as const
    await expect(
      planned(compile({ ...model, target: { ...model.target, clickhouse: clustered } })),
    ).rejects.toMatchObject({
      message: expect.stringContaining("shop lies on a single server, and cannot become a cluster's in place"),
      fix: expect.stringContaining('under another `project:` name'),
    })
  })
})
