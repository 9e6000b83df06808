import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { ApplyRefused } from '../../src/apply/refused.js'
import { compile } from '../../src/compile/compile.js'
import { testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { acquireLock } from '../../src/lock/lock.js'
import type { Plan } from '../../src/model/plan.js'
import { planDestroy } from '../../src/plan/destroy.js'
import { plan } from '../../src/plan/plan.js'

const compiled = compile(
  testModel(
    {
      ts: 'DateTime64(3)',
      value: 'Float64',
      region: 'LowCardinality(String)',
      user_id: 'UInt64',
    },
    {
      rps: { tier: 1, measure: 'per_second(count())', window: trailing(1000), by: ['region'] },
      total: { measure: 'sum(value)', window: trailing(60_000) },
      users: { tier: 3, measure: 'uniq(user_id)', window: { kind: 'calendar', unit: 'day' } },
    },
  ),
)

let ch: TestClickHouse
beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())
beforeEach(() => ch.client.command('DROP DATABASE IF EXISTS shop SYNC'))

const clients = () => ({ clickhouse: ch.client })
const command = (sql: string) => ch.client.command(sql)
const planned = () => planDestroy(compiled, clients())

/** As the command line does it: under the lock, which goes as well when all is destroyed. */
async function locked(make: () => Promise<Plan>, signal?: AbortSignal) {
  const lock = await acquireLock(ch.client, 'shop', { who: 'jo@here' })
  const wanted = await make()
  const applied = await apply(wanted, clients(), {
    database: 'shop',
    allowDestructive: true,
    guard: lock.check,
    ...(signal && { signal }),
  })
  const destroyed = applied.ok && wanted.changes.every(({ action }) => action === 'delete')
  await (destroyed ? lock.remove() : lock.release())
  return applied
}
const applied = () => locked(() => plan(compiled, clients()))
const destroyed = () => locked(planned)
const tables = async () =>
  (await ch.client.query<{ name: string }>("SELECT name FROM system.tables WHERE database = 'shop' ORDER BY name")).map(
    ({ name }) => name,
  )
const databases = () => ch.client.query("SELECT name FROM system.databases WHERE name = 'shop'")

describe('destroy', () => {
  it('takes away all that was made, its database last, and twice is fine', async () => {
    await applied()
    await command("INSERT INTO shop.raw_events (ts, value, region, user_id) VALUES (now64(3), 1, 'eu', 1)")
    const wanted = await planned()
    // Every object is named, once, and nothing of it is harmless.
    const objects = (await ch.client.query<{ owner: string }>(
      "SELECT DISTINCT extract(comment, '^rtdash:(\\\\S+)') AS owner FROM system.tables WHERE database = 'shop' AND owner != ''",
    )) as { owner: string }[]
    expect(wanted.changes.map(({ id }) => id).sort()).toEqual(
      [...objects.map(({ owner }) => owner), 'clickhouse.database/shop'].sort(),
    )
    expect(wanted.changes.find(({ id }) => id === 'clickhouse.table/raw_events')).toMatchObject({
      risk: 'destructive',
      reason: expect.stringMatching(/^1 rows? (is|are) lost/),
    })
    expect(wanted.changes.slice(-2).map(({ id }) => id)).toEqual([
      'clickhouse.table/_rtdash_history',
      'clickhouse.database/shop',
    ])
    expect((await destroyed()).results.filter(({ ok }) => !ok)).toEqual([])
    expect(await databases()).toEqual([])
    expect((await planned()).changes).toEqual([])
    // And what is not there any more can be made again.
    expect((await applied()).ok).toBe(true)
    expect((await plan(compiled, clients())).changes).toEqual([])
  })

  it('is refused without permission, and loses nothing then', async () => {
    await applied()
    const before = await tables()
    await expect(apply(await planned(), clients(), { database: 'shop' })).rejects.toThrow(ApplyRefused)
    expect(await tables()).toEqual(before)
  })

  it('leaves what others made, and names it', async () => {
    await applied()
    await command('CREATE TABLE shop.theirs (a UInt8) ENGINE = MergeTree ORDER BY a')
    const wanted = await planned()
    expect(wanted.notes).toEqual([
      'table shop.theirs was not made by rtdash: it stays',
      'database shop stays with them',
    ])
    expect((await destroyed()).ok).toBe(true)
    expect(await tables()).toEqual(['theirs'])
    expect((await planned()).changes).toEqual([])
  })

  it('leaves a database that was there before', async () => {
    await command('CREATE DATABASE shop')
    await applied()
    expect((await planned()).notes).toEqual(['database shop was not made by rtdash: it stays'])
    await destroyed()
    expect(await tables()).toEqual([])
    expect(await databases()).toHaveLength(1)
  })

  it('keeps the database when somebody puts something into it meanwhile', async () => {
    await applied()
    const { results } = await locked(async () => {
      const wanted = await planned()
      await command('CREATE TABLE shop.theirs (a UInt8) ENGINE = MergeTree ORDER BY a')
      return wanted
    })
    expect(results.filter(({ ok }) => !ok).map(({ id, error }) => [id, error])).toEqual([
      ['clickhouse.database/shop', expect.stringContaining('it holds what others made, and stays')],
    ])
    expect(await tables()).toContain('theirs')
  })

  it('goes on where it was interrupted', async () => {
    await applied()
    const all = (await planned()).changes.length
    const stop = new AbortController()
    const lock = await acquireLock(ch.client, 'shop', { who: 'jo@here' })
    let done = 0
    const { ok, results } = await apply(await planned(), clients(), {
      database: 'shop',
      allowDestructive: true,
      guard: lock.check,
      signal: stop.signal,
      onResult: () => {
        if (++done === 4) stop.abort()
      },
    })
    await lock.release()
    expect(ok).toBe(false)
    const made = results.filter(result => result.ok).length
    expect(made).toBeGreaterThanOrEqual(4)
    expect(made).toBeLessThan(all)
    // The ledger knows of it, since it goes last.
    expect(await tables()).toContain('_rtdash_history')
    expect((await destroyed()).results).toHaveLength(all - made)
    expect(await databases()).toEqual([])
  })
})
