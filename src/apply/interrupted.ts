import { LockLostError } from '../lock/errors.js'
import type { Change } from '../model/plan.js'

/** A change that was told to stop, and where: before its step `at`, or in it when `cause` is what the step itself says. */
export class InterruptedStep extends Error {
  override readonly name = 'InterruptedStep'
  constructor({ steps }: Change, at: number, reason: unknown, cause?: unknown) {
    const why = reason instanceof LockLostError ? reason.message : 'interrupted'
    const where = `${cause === undefined ? 'before' : 'in'} step ${at + 1} of ${steps.length} (${steps[at]!.title})`
    const said = cause instanceof Error && !/abort|interrupt/i.test(cause.message) ? `: ${cause.message}` : ''
    super(`${why} ${where}${said}`, { cause })
  }
}
