import type { Compiled } from '../compile/compile.js'
import type { Change, Plan } from '../model/plan.js'
import { contentHash } from '../naming.js'
import type { Clients, PlanOptions } from '../targets/live.js'
import { liveEngines } from '../targets/liveRegistry.js'
import { inOrder } from './order.js'

/** What apply would do to the live system, in order. Reads only. Throws PlanError for what cannot be done at all. */
export async function plan(compiled: Compiled, clients: Clients, options: PlanOptions = {}): Promise<Plan> {
  const held = await Promise.all(liveEngines.map(engine => engine.plan(compiled, clients, options)))
  const changes = inOrder(held.flatMap(engine => engine.changes))
  const notes = held.flatMap(engine => engine.notes ?? [])
  return {
    target: compiled.model.target.name,
    fingerprint: fingerprint(compiled, changes),
    changes,
    unused: held.flatMap(engine => engine.unused),
    ...(notes.length > 0 && { notes }),
  }
}

/** The wanted configuration and the very changes: another live system, or another file, is another fingerprint. */
const fingerprint = (compiled: Compiled, changes: readonly Change[]): string =>
  contentHash(
    JSON.stringify([compiled.service.hash, changes.map(change => [change.id, change.action, change.steps])]),
    16,
  )
