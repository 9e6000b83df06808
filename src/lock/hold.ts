import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import { qualified } from '../targets/clickhouse/text.js'
import { LockLostError } from './errors.js'
import { generations, type Holder, lockTable } from './held.js'
import { dropLock } from './tables.js'

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

const BEAT_MS = 5000

/** Has a generation that is ours: shows signs of life from now on, every `beatMs`. */
export function holdLock(
  clickhouse: ClickHouse,
  database: string,
  generation: number,
  { id: lockId }: Holder,
  { cluster, beatMs = BEAT_MS }: { readonly cluster?: string; readonly beatMs?: number },
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
