import { randomUUID } from 'node:crypto'
import { redact } from '../config/redact.js'
import { type Account, noteBegin, noteEnd } from '../ledger/ledger.js'
import type { Change, ChangeResult, Plan, Step } from '../model/plan.js'
import { names } from '../naming.js'
import type { ApplyContext, Clients } from '../targets/live.js'
import { engineOf } from '../targets/liveRegistry.js'
import { InterruptedStep } from './interrupted.js'
import { ApplyRefused } from './refused.js'
import { walk } from './walk.js'

export interface ApplyOptions {
  readonly database: string
  readonly allowDestructive?: boolean
  /** Leaves destructive changes out, with all that depends on them, instead of refusing the whole plan. */
  readonly skipDestructive?: boolean
  /** Stops after the steps at hand; long ones stop at their next safe point. */
  readonly signal?: AbortSignal
  /** Asked before each step; throws where it must not be taken, since the lock is lost. */
  readonly guard?: () => Promise<void>
  /** Kept in the ledger: by whom, from which files. */
  readonly account?: Account
  readonly onStart?: (change: Change) => void
  /** Told around each step of a change; what it returns is waited for. */
  readonly onStep?: (change: Change, step: Step, moment: 'before' | 'after') => void | Promise<void>
  readonly onProgress?: (change: Change, text: string) => void
  readonly onResult?: (result: ChangeResult, change: Change) => void
}

export interface Applied {
  readonly id: string
  readonly ok: boolean
  readonly results: readonly ChangeResult[]
}

/** Walks the plan: each change when what it depends on is done, independent ones side by side. What failed stops only what needs it. */
export async function apply(plan: Plan, clients: Clients, options: ApplyOptions): Promise<Applied> {
  const risky = plan.changes.filter(change => change.risk === 'destructive')
  if (risky.length > 0 && !options.allowDestructive && !options.skipDestructive) throw new ApplyRefused(risky)
  const left = plan.changes.filter(change => options.allowDestructive || change.risk !== 'destructive')
  const id = randomUUID().slice(0, 8)
  const { clickhouse } = clients
  const { database, account, signal } = options
  const begin = async (): Promise<boolean> =>
    account === undefined || left.length === 0 || noteBegin(clickhouse, database, id, plan, account)
  let begun = await begin()
  const results = await walk(
    left,
    async change => {
      const result = await run(change, id, clients, options)
      // The first apply makes the ledger before it can write in it.
      if (!begun && change.id === `clickhouse.table/${names.history}`) begun = await begin()
      return result
    },
    options,
  )
  const ok = results.every(result => result.ok)
  if (plan.changes.length > 0) {
    if (!begun) await begin()
    const interrupted = signal?.aborted ?? false
    await noteEnd(clickhouse, database, id, plan, results, { interrupted, account }).catch(error => {
      if (ok) throw error
    })
  }
  return { id, ok, results }
}

async function run(change: Change, applyId: string, clients: Clients, options: ApplyOptions): Promise<ChangeResult> {
  const started = performance.now()
  const { database, signal, guard } = options
  const context: ApplyContext = {
    clickhouse: clients.clickhouse,
    clients,
    database,
    applyId,
    progress: text => options.onProgress?.(change, redact(text)),
    ...(signal && { signal }),
  }
  options.onStart?.(change)
  const done = (error?: unknown): ChangeResult => ({
    id: change.id,
    action: change.action,
    ok: error === undefined,
    ms: Math.round(performance.now() - started),
    ...(error !== undefined && { error: redact(error instanceof Error ? error.message : String(error)) }),
  })
  let result: ChangeResult
  try {
    for (const [i, step] of change.steps.entries()) {
      if (signal?.aborted) throw new InterruptedStep(change, i, signal.reason)
      await guard?.()
      await options.onStep?.(change, step, 'before')
      await engineOf(change.kind)
        .apply(context, change, step)
        .catch(error => {
          throw signal?.aborted ? new InterruptedStep(change, i, signal.reason, error) : error
        })
      await options.onStep?.(change, step, 'after')
    }
    result = done()
  } catch (error) {
    result = done(error)
  }
  options.onResult?.(result, change)
  return result
}
