import type { Lock } from '../lock/hold.js'
import type { Model } from '../model/model.js'
import type { Clients } from '../targets/live.js'
import type { LockFlags } from './lockFlags.js'

export interface LockedOptions {
  readonly who: string
  readonly flags?: LockFlags
  readonly signal?: AbortSignal
  readonly say: (text: string) => void
}

/** Has the project's lock while `use` runs. After a destroy (`remove`) nothing of it stays. */
export async function withLock<T>(
  { clickhouse }: Clients,
  { project, target }: Model,
  { who, flags, signal, say }: LockedOptions,
  use: (lock: Lock, remove: () => void) => Promise<T>,
): Promise<T> {
  const { acquireLock } = await import('../lock/lock.js')
  const force = flags?.['force-unlock']
  const lock = await acquireLock(clickhouse, project, {
    who,
    ...(target.clickhouse.kind === 'server' && target.clickhouse.cluster && { cluster: target.clickhouse.cluster }),
    ...(force !== undefined && { force }),
    ...(signal && { signal }),
    waitMs: flags?.['lock-timeout'] ?? 0,
    onWait: held =>
      say(
        `waiting for ${held.who} (pid ${held.pid}), who applies since ${new Date(held.since).toISOString()}: lock ${held.id}`,
      ),
  })
  let removed = false
  try {
    return await use(lock, () => {
      removed = true
    })
  } finally {
    await (removed ? lock.remove() : lock.release()).catch(() =>
      say(`lock ${lock.id} could not be released: it falls by itself in 30 s`),
    )
  }
}
