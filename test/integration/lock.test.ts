import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'
import { compile } from '../../src/compile/compile.js'
import { testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { LockedError, LockLostError, NoSuchLockError } from '../../src/lock/errors.js'
import { generations, lockTable } from '../../src/lock/held.js'
import type { Lock } from '../../src/lock/hold.js'
import { acquireLock, type LockOptions } from '../../src/lock/lock.js'
import { plan } from '../../src/plan/plan.js'

const MANY = 10
const HOUR = 3_600_000

let ch: TestClickHouse
/** One for each who tries: nothing but the server stands between them. */
let clients: ClickHouse[]
beforeAll(async () => {
  ch = await testClickHouse()
  clients = Array.from({ length: MANY }, () => createClickHouse(ch.server))
})
afterAll(async () => {
  await Promise.all(clients.map(client => client.close()))
  await ch.stop()
})
beforeEach(() => ch.client.command('DROP DATABASE IF EXISTS shop SYNC'))

const acquire = (client: ClickHouse, options: Partial<LockOptions> = {}) =>
  acquireLock(client, 'shop', { who: 'jo@here', ...options })

/** All at the same moment; those that were refused say so with LockedError. */
async function rush(options: Partial<LockOptions> = {}): Promise<{ won: Lock[]; refused: unknown[] }> {
  const all = await Promise.allSettled(clients.map((client, i) => acquire(client, { who: `jo${i}@here`, ...options })))
  return {
    won: all.flatMap(one => (one.status === 'fulfilled' ? [one.value] : [])),
    refused: all.flatMap(one => (one.status === 'rejected' ? [one.reason] : [])),
  }
}

/** Holds the lock, and has shown no sign of life for an hour of the server's. */
async function silent(): Promise<Lock> {
  const lock = await acquire(ch.client, { beatMs: HOUR })
  const [last] = (await generations(ch.client, 'shop')).slice(-1)
  const table = `shop.${lockTable(last!.generation)}`
  await expect.poll(() => ch.client.query(`SELECT event FROM ${table}`)).toHaveLength(1)
  await ch.client.command(`TRUNCATE TABLE ${table}`)
  await ch.client.command(`INSERT INTO ${table} SELECT now64(3) - INTERVAL 1 HOUR, 'beat'`)
  return lock
}

describe('the lock of a project', () => {
  it('has one holder, however many begin at once', async () => {
    for (let round = 0; round < 25; round++) {
      // Now and then nobody has ever applied.
      if (round % 5 === 0) await ch.client.command('DROP DATABASE IF EXISTS shop SYNC')
      const { won, refused } = await rush()
      expect(won).toHaveLength(1)
      expect(refused).toHaveLength(MANY - 1)
      for (const error of refused) expect(error).toBeInstanceOf(LockedError)
      await won[0]!.check()
      await won[0]!.release()
    }
    // Nothing piles up.
    expect(await generations(ch.client, 'shop')).toHaveLength(1)
  })

  it('goes from one to the next, never to two, when all wait', async () => {
    let inside = 0
    let most = 0
    let served = 0
    await Promise.all(
      clients.map(async client => {
        const lock = await acquire(client, { waitMs: 60_000 })
        most = Math.max(most, ++inside)
        await sleep(20)
        await lock.check()
        inside--
        served++
        await lock.release()
      }),
    )
    expect({ most, served }).toEqual({ most: 1, served: MANY })
  })

  it('is taken over by one of all who find it stale, and its old holder stops', async () => {
    for (let round = 0; round < 10; round++) {
      const old = await silent()
      const { won, refused } = await rush()
      expect(won).toHaveLength(1)
      for (const error of refused) expect(error).toBeInstanceOf(LockedError)
      await expect(old.check()).rejects.toThrow(LockLostError)
      expect(old.lost.aborted).toBe(true)
      // What the old one still does to its own lock does nothing to the new one.
      await old.release()
      await won[0]!.check()
      await won[0]!.release()
    }
  })

  it('stays with a holder that shows signs of life', async () => {
    const lock = await acquire(ch.client, { beatMs: 50 })
    await expect(acquire(clients[0]!, { staleMs: 10_000, waitMs: 12_000 })).rejects.toThrow(LockedError)
    await lock.check()
    await lock.release()
  })

  it('goes by the server’s clock alone', async () => {
    const lock = await acquire(ch.client, { beatMs: HOUR })
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * HOUR)
    onTestFinished(() => now.mockRestore())
    await expect(acquire(clients[0]!)).rejects.toThrow(LockedError)
    now.mockRestore()
    await lock.release()
  })

  it('falls at once when its process is gone from this machine', async () => {
    const holder = spawn(process.execPath, ['--import', 'tsx', 'test/support/holdLock.ts', JSON.stringify(ch.server)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    await expect(acquire(ch.client)).rejects.toThrow(LockedError)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const lock = await acquire(ch.client)
    await lock.release()
  }, 120_000)

  it('says who has it, since when, and the ways out', async () => {
    const lock = await acquire(ch.client)
    const error = await acquire(clients[0]!).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(LockedError)
    const { message, fix, code } = error as LockedError
    expect(code).toBe('locked')
    expect(message).toMatch(
      new RegExp(`^jo@here \\(pid ${process.pid}\\) .* since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z: lock ${lock.id}$`),
    )
    expect(fix).toContain('--lock-timeout')
    expect(fix).toContain(`--force-unlock ${lock.id}`)
    await lock.release()
  })

  it('is taken by force from the holder that is named, by one, and from nobody else', async () => {
    const old = await acquire(ch.client)
    await expect(acquire(clients[0]!, { force: 'ffffffff' })).rejects.toThrow(NoSuchLockError)
    await old.check()
    const { won, refused } = await rush({ force: old.id })
    expect(won).toHaveLength(1)
    for (const error of refused) expect(error).toBeInstanceOf(NoSuchLockError)
    await expect(old.check()).rejects.toThrow(LockLostError)
    await won[0]!.release()
    await expect(acquire(clients[0]!, { force: old.id })).rejects.toThrow('there is no lock')
  })

  it('is over for who has looked before everything was destroyed and begun anew', async () => {
    await (await acquire(ch.client)).release()
    // Asks who has it, and is then held up until another database has the name.
    let letGo = (): void => {}
    const held = new Promise<void>(resolve => {
      letGo = resolve
    })
    const slow: ClickHouse = {
      ...clients[0]!,
      async command(sql, ...rest) {
        if (sql.startsWith('CREATE TABLE')) await held
        return clients[0]!.command(sql, ...rest)
      },
    }
    const late = acquire(slow).catch((error: unknown) => error)
    await sleep(200)
    await ch.client.command('DROP DATABASE shop SYNC')
    const lock = await acquire(ch.client)
    letGo()
    expect(await late).toBeInstanceOf(LockedError)
    await lock.release()
  })

  it('is begun anew by who has looked before everything was destroyed', async () => {
    await (await acquire(ch.client)).release()
    let destroyed = false
    const slow: ClickHouse = {
      ...clients[0]!,
      async command(sql, ...rest) {
        if (!destroyed && sql.startsWith('CREATE TABLE')) await ch.client.command('DROP DATABASE shop SYNC')
        destroyed = true
        return clients[0]!.command(sql, ...rest)
      },
    }
    const lock = await acquire(slow)
    await lock.check()
    await lock.release()
  })

  it('takes nothing from anybody for one who looked long ago', async () => {
    const old = await silent()
    await sleep(50)
    // Finds it stale, and is then held up while others take it over, work, and clean up behind them.
    let holder: Lock | undefined
    const slow: ClickHouse = {
      ...clients[0]!,
      async command(sql, ...rest) {
        if (sql.startsWith('CREATE TABLE') && holder === undefined) {
          for (let i = 0; i < 3; i++) await (await acquire(ch.client, { staleMs: 10 })).release()
          holder = await acquire(ch.client)
        }
        return clients[0]!.command(sql, ...rest)
      },
    }
    await expect(acquire(slow, { staleMs: 10_000, force: old.id })).rejects.toThrow(NoSuchLockError)
    await holder!.check()
    await holder!.release()
  })

  it('goes back to a holder that was silent and shows itself while it is taken over', async () => {
    const old = await silent()
    await sleep(2100)
    const slow: ClickHouse = {
      ...clients[0]!,
      async command(sql, ...rest) {
        const [held] = await generations(ch.client, 'shop')
        await clients[0]!.command(sql, ...rest)
        if (sql.startsWith('CREATE TABLE'))
          await ch.client.command(`INSERT INTO shop.${lockTable(held!.generation)} (event) VALUES ('beat')`)
      },
    }
    await expect(acquire(slow, { staleMs: 2000 })).rejects.toThrow(LockedError)
    await old.check()
    await old.release()
  })
})

describe('an apply that has lost the lock', () => {
  it('takes no further step', async () => {
    const columns = { ts: 'DateTime64(3)', value: 'Float64' }
    const compiled = compile(testModel(columns, { total: { measure: 'sum(value)', window: trailing(60_000) } }))
    const lock = await acquire(ch.client)
    const wanted = await plan(compiled, { clickhouse: ch.client })
    let steps = 0
    let lost = false
    let begun = 0
    const { ok, results } = await apply(
      wanted,
      { clickhouse: ch.client },
      {
        database: 'shop',
        guard: lock.check,
        async onStep(_, __, moment) {
          if (lost && moment === 'before') begun++
          if (moment === 'before' || ++steps !== 3) return
          await acquire(clients[0]!, { force: lock.id })
          lost = true
        },
      },
    )
    expect(ok).toBe(false)
    // Two others are at work beside it, and may have looked just before.
    expect(begun).toBeLessThanOrEqual(2)
    expect(results.filter(result => result.ok).length).toBeLessThan(wanted.changes.length)
    expect(results.some(({ error }) => error?.includes(`lock ${lock.id} was taken over by jo@here`))).toBe(true)
  })
})
