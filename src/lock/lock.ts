import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import { qualified } from '../targets/clickhouse/text.js'
import { LockedError, NoSuchLockError } from './errors.js'
import { generations, type Held, type Holder, lockTable, type Newest, newest } from './held.js'
import { holdLock, type Lock } from './hold.js'
import { hasEnded, thisMachine } from './machine.js'
import { createLock, createMarkedDatabase, dropLock } from './tables.js'

// One apply at a time, without anything but ClickHouse. A lock is a table `_rtdash_lock_<generation>`; the newest
// generation has it. To take it is to create the next one: of all who try, CREATE TABLE without IF NOT EXISTS lets one
// through (on a cluster they queue up, and every node sees the same one first). The newest table stays after its
// release, so that numbers only grow: whoever looked long ago finds a newer one, and takes nothing from anybody.

export interface LockOptions {
  readonly who: string
  readonly cluster?: string
  /** How long to wait for whoever has it, ms; 0 refuses at once. */
  readonly waitMs?: number
  /** Id of a lock that is taken over although its holder shows signs of life. */
  readonly force?: string
  readonly signal?: AbortSignal
  /** Told once for each holder that is waited for. */
  readonly onWait?: (held: Held) => void
  readonly staleMs?: number
  readonly beatMs?: number
}

const STALE_MS = 30_000
const POLL_MS = 500

/** Takes the lock of a project. Throws LockedError when somebody else has it, NoSuchLockError for a wrong `force`. */
export async function acquireLock(clickhouse: ClickHouse, database: string, options: LockOptions): Promise<Lock> {
  const { staleMs = STALE_MS, waitMs = 0, force, signal, onWait } = options
  const machine = thisMachine()
  const holder: Holder = {
    id: randomUUID().slice(0, 8),
    who: options.who,
    pid: process.pid,
    ...(machine !== undefined && { machine }),
  }
  const end = Date.now() + waitMs
  let told = ''
  for (;;) {
    signal?.throwIfAborted()
    const last = await newest(clickhouse, database)
    const held = last && !last.released ? { ...last, staleMs } : undefined
    if (force !== undefined && held?.id !== force) throw new NoSuchLockError(force, held)
    if (held === undefined || held.id === force || isStale(held)) {
      const lock = await takeNext(clickhouse, database, last, holder, options)
      if (lock !== undefined) return lock
      continue
    }
    if (Date.now() >= end) throw new LockedError(held)
    if (held.id !== told) onWait?.(held)
    told = held.id
    await sleep(Math.min(POLL_MS, Math.max(1, end - Date.now())), undefined, signal && { signal })
  }
}

const isStale = (held: Held): boolean => held.now - held.seen > held.staleMs || hasEnded(held)

/** Creates the generation after `last`; undefined when somebody else was quicker. */
async function takeNext(
  clickhouse: ClickHouse,
  database: string,
  last: Newest | undefined,
  holder: Holder,
  options: LockOptions,
): Promise<Lock | undefined> {
  const { cluster } = options
  const generation = (last?.generation ?? 0) + 1
  if (last === undefined) await clickhouse.command(createMarkedDatabase(database, cluster))
  let failure: unknown
  await clickhouse.command(createLock(database, generation, holder, cluster)).catch(error => {
    failure = error
  })
  // Whatever was answered: the table itself says whose it is.
  const all = await generations(clickhouse, database)
  const mine = all.find(one => one.holder.id === holder.id)
  if (mine === undefined) {
    // Another one was quicker; or all was destroyed meanwhile, and this one is to begin anew.
    if (all.some(one => one.generation >= generation) || isAbsent(failure)) return undefined
    throw failure
  }
  const lock = holdLock(clickhouse, database, generation, holder, options)
  const before = last && all.find(one => one.generation === last.generation)
  // Newer ones were there, or all was destroyed and begun anew, since `last` was looked at; or its holder is alive after all.
  const late = all.at(-1) !== mine || (last !== undefined && before?.holder.id !== last.id)
  if (late || (await woke(clickhouse, database, last, options))) {
    await lock.remove()
    return undefined
  }
  for (const one of all)
    if (one.generation < generation) await clickhouse.command(dropLock(database, one.generation, cluster))
  return lock
}

/** Whether the holder that was taken for dead has shown itself meanwhile. It looks for newer locks after each sign. */
async function woke(
  clickhouse: ClickHouse,
  database: string,
  last: Newest | undefined,
  { force, cluster }: LockOptions,
): Promise<boolean> {
  if (last === undefined || last.released || last.id === force) return false
  if (cluster !== undefined) await sleep(2000)
  const rows = await clickhouse
    .query<{ n: string }>(
      `SELECT count() AS n FROM ${qualified(database, lockTable(last.generation))} WHERE at > fromUnixTimestamp64Milli({seen:Int64}, 'UTC') AND event != 'release'`,
      { seen: last.seen },
    )
    .catch(error => {
      if (isAbsent(error)) return []
      throw error
    })
  return rows.some(({ n }) => n !== '0')
}
