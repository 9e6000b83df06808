import { randomUUID } from 'node:crypto'
import type { Redis } from '../../clients/redis.js'
import { keys } from './keys.js'
import { leaseScript, releaseScript } from './publishScript.js'

/** Without word from its holder the lease is free after so long: at most this and a look later another publishes. */
export const LEASE_MS = 2500
const LOOK_MS = 300

/** Which of several publishers may publish. */
export interface Lease {
  /** What the publishing script wants to see. */
  readonly token: string
  /** Ours as far as known: while Redis is away it stays what it was. */
  held(): boolean
  /** Looks at once, as when something was refused for want of the lease. */
  look(): void
  /** Gives it back, so that another need not wait. */
  stop(): Promise<void>
}

/** Tries to get the lease, and keeps it once it is ours. */
export function createLease(redis: Redis, project: string, onChange: (held: boolean) => void): Lease {
  const token = randomUUID()
  let held = false
  let looking = false
  let stopped = false
  let second = false
  let notBefore = 0
  const timer = setInterval(look, LOOK_MS)
  // After an outage who had the lease knows best what was not published: it comes first.
  redis.watch(
    () => {
      notBefore = second ? Date.now() + LEASE_MS : 0
      look()
    },
    () => {
      second = !held
    },
  )

  function look(): void {
    if (looking || stopped || Date.now() < notBefore || !redis.connected()) return
    looking = true
    void redis
      .run<number>(leaseScript, [keys.lease(project)], [token, String(LEASE_MS)])
      .then(answer => take(answer === 1))
      .catch(() => {}) // Redis is away: that is told elsewhere, and looked at again
      .finally(() => {
        looking = false
      })
  }

  function take(next: boolean): void {
    if (next === held || stopped) return
    held = next
    onChange(held)
  }

  return {
    token,
    held: () => held,
    look,
    stop: async () => {
      stopped = true
      clearInterval(timer)
      if (held) await redis.run(releaseScript, [keys.lease(project)], [token]).catch(() => {})
      held = false
    },
  }
}
