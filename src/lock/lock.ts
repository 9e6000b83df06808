import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import { mark } from '../targets/clickhouse/mark.js'
import { onCluster } from '../targets/clickhouse/render.js'
import { id, qualified, str } from '../targets/clickhouse/text.js'
import { LockedError, LockLostError, NoSuchLockError } from './errors.js'
import { commentOf, generations, type Held, type Holder, lockTable, type Newest, newest } from './held.js'
import { hasEnded, thisMachine } from './machine.js'

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

export interface Lock {
  readonly id: string
  /** Aborts when the lock is lost. */
  readonly lost: AbortSignal
  /** Throws LockLostError unless the lock is still ours at this moment. */
  check(): Promise<void>
  /** Lets the next one have it. */
  release(): Promise<void>
  /** Takes the lock away with all its traces: after a destroy. */
  remove(): Promise<void>
}

const STALE_MS = 30_000
const BEAT_MS = 5000
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

/** Shows signs of life from now on. */
function holdLock(
  clickhouse: ClickHouse,
  database: string,
  generation: number,
  { id: lockId }: Holder,
  { cluster, beatMs = BEAT_MS }: LockOptions,
): Lock {
  const lost = new AbortController()
  const table = qualified(database, lockTable(generation))
  let beaten = 0
  const note = (event: string): Promise<void> =>
    clickhouse.insert(`${table} (event)`, JSON.stringify({ event }), 'JSONEachRow', { insert_deduplicate: 0 })
  const beat = async (): Promise<void> => {
    const now = Date.now()
    await note('beat')
    beaten = now
  }
  const stop = (): void => clearInterval(timer)
  const check = async (): Promise<void> => {
    // First the sign, then the look: one who takes over does it the other way round, so that one of the two sees the other.
    if (Math.abs(Date.now() - beaten) >= beatMs)
      await beat().catch(error => {
        if (!isAbsent(error)) throw error
      })
    const last = (await generations(clickhouse, database)).at(-1)
    if (last?.holder.id === lockId) return
    const error = new LockLostError(lockId, last?.holder.who)
    stop()
    lost.abort(error)
    throw error
  }
  // Without an answer nothing is known: the next check will tell.
  const timer = setInterval(() => void check().catch(() => {}), beatMs)
  timer.unref()
  void beat().catch(() => {})
  return {
    id: lockId,
    lost: lost.signal,
    check,
    async release() {
      stop()
      // Another one may have the same number by now, where all was destroyed and begun anew.
      if (lost.signal.aborted) return
      await note('release').catch(error => {
        if (!isAbsent(error)) throw error
      })
    },
    async remove() {
      stop()
      if (lost.signal.aborted) return
      await clickhouse.command(dropLock(database, generation, cluster)).catch(error => {
        if (!isAbsent(error)) throw error
      })
    },
  }
}

/** Marked, so that destroy knows whether it may go. */
const createMarkedDatabase = (database: string, cluster: string | undefined): string =>
  `CREATE DATABASE IF NOT EXISTS ${id(database)}${onCluster(cluster)} COMMENT ${str(mark(`clickhouse.database/${database}`, ''))}`

function createLock(database: string, generation: number, holder: Holder, cluster: string | undefined): string {
  const name = lockTable(generation)
  const engine =
    cluster === undefined
      ? 'MergeTree'
      : `ReplicatedMergeTree(${str(`/clickhouse/tables/all/${database}/${name}_${holder.id}`)}, '{shard}-{replica}')`
  return `CREATE TABLE ${qualified(database, name)}${onCluster(cluster)} (at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'), event LowCardinality(String)) ENGINE = ${engine} ORDER BY at COMMENT ${str(commentOf(holder))}`
}

const dropLock = (database: string, generation: number, cluster: string | undefined): string =>
  `DROP TABLE IF EXISTS ${qualified(database, lockTable(generation))}${onCluster(cluster)} SYNC`
