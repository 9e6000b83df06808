import { randomUUID } from 'node:crypto'
import type { Change, ChangeResult, Plan, Step } from '../model/plan.js'
import { record } from '../targets/clickhouse/apply/context.js'
import type { ApplyContext, Clients } from '../targets/live.js'
import { engineOf } from '../targets/liveRegistry.js'
import { ApplyRefused } from './refused.js'

export interface ApplyOptions {
  readonly database: string
  readonly allowDestructive?: boolean
  /** Leaves destructive changes out, with all that depends on them, instead of refusing the whole plan. */
  readonly skipDestructive?: boolean
  readonly signal?: AbortSignal
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

/** At most this many changes at once: each may keep a core of the server busy. */
const SIDE_BY_SIDE = 3

/** Walks the plan: each change when what it depends on is done, independent ones side by side. What failed stops only what needs it. */
export async function apply(plan: Plan, clients: Clients, options: ApplyOptions): Promise<Applied> {
  const risky = plan.changes.filter(change => change.risk === 'destructive')
  if (risky.length > 0 && !options.allowDestructive && !options.skipDestructive) throw new ApplyRefused(risky)
  const left = plan.changes.filter(change => options.allowDestructive || change.risk !== 'destructive')
  const id = randomUUID().slice(0, 8)
  const results = await walk(left, change => run(change, id, clients, options), options)
  const ok = results.every(result => result.ok)
  if (plan.changes.length > 0) await note(contextOf(id, clients, options), ok, plan)
  return { id, ok, results }
}

async function walk(
  changes: readonly Change[],
  run: (change: Change) => Promise<ChangeResult>,
  options: ApplyOptions,
): Promise<ChangeResult[]> {
  const waiting = new Set(changes)
  const failed = new Set<string>()
  const results: ChangeResult[] = []
  const running = new Map<Change, Promise<void>>()
  const open = (id: string): boolean => [...waiting, ...running.keys()].some(change => change.id === id)
  while (waiting.size > 0 || running.size > 0) {
    for (const change of waiting) {
      if (running.size >= SIDE_BY_SIDE) break
      const broken = change.dependsOn.find(id => failed.has(id))
      if (broken !== undefined || options.signal?.aborted) {
        waiting.delete(change)
        failed.add(change.id)
        const error = broken === undefined ? 'not started: interrupted' : `not started: ${broken} failed`
        results.push({ id: change.id, action: change.action, ok: false, ms: 0, error })
        options.onResult?.(results.at(-1)!, change)
      } else if (!change.dependsOn.some(id => open(id) && id !== change.id)) {
        waiting.delete(change)
        running.set(
          change,
          run(change).then(result => {
            running.delete(change)
            if (!result.ok) failed.add(change.id)
            results.push(result)
          }),
        )
      }
    }
    if (running.size > 0) await Promise.race(running.values())
  }
  return results
}

async function run(change: Change, applyId: string, clients: Clients, options: ApplyOptions): Promise<ChangeResult> {
  const started = performance.now()
  const context = contextOf(applyId, clients, options, text => options.onProgress?.(change, text))
  options.onStart?.(change)
  const done = (error?: unknown): ChangeResult => ({
    id: change.id,
    action: change.action,
    ok: error === undefined,
    ms: Math.round(performance.now() - started),
    ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
  })
  let result: ChangeResult
  try {
    for (const step of change.steps) {
      await options.onStep?.(change, step, 'before')
      await engineOf(change.kind).apply(context, change, step)
      await options.onStep?.(change, step, 'after')
    }
    result = done()
  } catch (error) {
    result = done(error)
  }
  options.onResult?.(result, change)
  return result
}

const contextOf = (
  applyId: string,
  clients: Clients,
  { database, signal }: ApplyOptions,
  progress: ApplyContext['progress'] = () => {},
): ApplyContext => ({
  clickhouse: clients.clickhouse,
  clients,
  database,
  applyId,
  progress,
  ...(signal && { signal }),
})

/** The ledger says what was applied; where even its table could not be made there is nothing to note it in. */
async function note(context: ApplyContext, ok: boolean, plan: Plan): Promise<void> {
  const detail = {
    ok,
    target: plan.target,
    changes: plan.changes.map(({ id, action, risk }) => ({ id, action, risk })),
  }
  await record(context, 'apply', plan.fingerprint, detail).catch(error => {
    if (ok) throw error
  })
}
