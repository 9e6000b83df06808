import type { Applied } from '../apply/apply.js'
import { resultText } from '../format/apply.js'
import type { Account } from '../ledger/ledger.js'
import type { Plan } from '../model/plan.js'
import { CliError, InterruptedError } from './errors.js'
import type { LivePlan } from './livePlan.js'
import { withLock } from './locked.js'
import type { LockFlags } from './lockFlags.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'
import { type Interruption, listenForInterruption } from './signals.js'

export interface ApplyRequest {
  readonly account: Account
  readonly allowDestructive: boolean
  readonly lock: LockFlags
  /** Plans once more, now that nobody else changes anything. */
  readonly again: () => Promise<Plan>
  /** Told of a plan that is another one than was shown; throws unless it may be applied all the same. */
  readonly onOther: (plan: Plan) => void
  /** After a destroy nothing of the lock stays. */
  readonly removeLock?: boolean
}

/** Applies a plan under the project's lock and tells each result as it comes. Ctrl-C ends it after the steps at hand. */
export async function applyChanges(
  { clients, compiled }: LivePlan,
  shown: Plan,
  request: ApplyRequest,
  output: Output,
): Promise<Applied & { readonly interrupted: boolean }> {
  const { apply } = await import('../apply/apply.js')
  const interruption = listenForInterruption()
  const progress = createProgress(output)
  const { account, allowDestructive, lock: flags } = request
  const options = { who: account.by.who, flags, signal: interruption.signal, say: output.note }
  try {
    return await withLock(clients, compiled.model, options, async (lock, removeLock) => {
      const now = await request.again()
      const same = now.fingerprint === shown.fingerprint
      if (!same) request.onOther(now)
      const applied = await apply(same ? shown : now, clients, {
        database: compiled.model.project,
        allowDestructive,
        account,
        guard: lock.check,
        signal: AbortSignal.any([interruption.signal, lock.lost]),
        onStart: change => progress.update(change.id),
        onProgress: (change, text) => progress.update(`${change.id}: ${text}`),
        onResult: result => {
          progress.done()
          output.note(resultText(result, output.noteStyle))
        },
      })
      if (applied.ok && request.removeLock) removeLock()
      return { ...applied, interrupted: interruption.received() !== undefined }
    })
  } catch (error) {
    throw whileWaiting(error, interruption)
  } finally {
    progress.done()
    interruption.dispose()
  }
}

/** Ctrl-C before anything was begun. */
const whileWaiting = (error: unknown, { received }: Interruption): unknown =>
  received() !== undefined && error instanceof Error && error.name === 'AbortError' ? new InterruptedError() : error

/** Nobody has seen the plan that would be applied now. */
export const changedMeanwhile = (): CliError =>
  new CliError(
    'plan-outdated',
    'the live system has changed since this plan was shown: nothing was changed',
    'run it again, and look at the new one',
  )
