import type { Held } from './held.js'

/** Somebody else applies at the moment. `fix` says the ways out. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly code = 'locked'
  readonly fix: string
  constructor(readonly held: Held) {
    super(`${held.who} (pid ${held.pid}) is applying since ${new Date(held.since).toISOString()}: lock ${held.id}`)
    const silent = Math.round((held.now - held.seen) / 1000)
    this.fix = `wait for it with --lock-timeout 60s; its last sign of life is ${silent} s old, and after ${held.staleMs / 1000} s the lock falls by itself; if that process is gone for certain: rtdash apply --force-unlock ${held.id}`
  }
}

/** The lock was taken over, by force or after a long silence: whoever had it must do nothing more. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError'
  readonly code = 'lock-lost'
  readonly fix = 'run it again: it goes on where it was'
  constructor(id: string, by: string | undefined) {
    super(`lock ${id} was taken over${by === undefined ? '' : ` by ${by}`}: nothing more is done here`)
  }
}

/** `--force-unlock` names a lock that nobody holds. */
export class NoSuchLockError extends Error {
  override readonly name = 'NoSuchLockError'
  readonly code = 'no-such-lock'
  readonly fix: string
  constructor(id: string, held: Held | undefined) {
    super(
      held === undefined
        ? `there is no lock ${id}: nobody applies`
        : `lock ${id} is gone: now ${held.who} has lock ${held.id}`,
    )
    this.fix =
      held === undefined
        ? 'leave --force-unlock out'
        : `look whether that one is alive; it began ${new Date(held.since).toISOString()}`
  }
}
