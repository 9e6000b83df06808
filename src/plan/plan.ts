import type { Compiled } from '../compile/compile.js'
import type { Change, Plan } from '../model/plan.js'
import type { Resource } from '../model/resource.js'
import { contentHash } from '../naming.js'
import type { Clients, Held, PlanOptions } from '../targets/live.js'
import { liveEngines } from '../targets/liveRegistry.js'
import { inOrder } from './order.js'

/** What apply would do to the live system, in order. Reads only. Throws PlanError for what cannot be done at all. */
export async function plan(compiled: Compiled, clients: Clients, options: PlanOptions = {}): Promise<Plan> {
  const held = await Promise.all(liveEngines.map(engine => engine.plan(compiled, clients, options)))
  return planOf(compiled, compiled.resources, held)
}

/** The plan of what each engine holds beside what it is to hold. */
export function planOf({ model }: Compiled, wanted: readonly Resource[], held: readonly Held[]): Plan {
  const changes = inOrder(held.flatMap(engine => engine.changes))
  const notes = held.flatMap(engine => engine.notes ?? [])
  return {
    target: model.target.name,
    fingerprint: fingerprint(wanted, changes),
    changes,
    unused: held.flatMap(engine => engine.unused),
    ...(notes.length > 0 && { notes }),
  }
}

/**
 * Everything that is wanted, and the very changes with what was live before: another file, or another live system, is
 * another fingerprint. Left out is where things stand in the file, what only people read, and the database itself, which
 * taking the lock makes.
 */
const fingerprint = (wanted: readonly Resource[], changes: readonly Change[]): string =>
  contentHash(
    JSON.stringify([
      wanted.map(({ id, spec }) => [id, spec]),
      changes
        .filter(({ kind }) => kind !== 'clickhouse.database')
        .map(({ id, action, risk, before, after, steps }) => [id, action, risk, before?.spec, after?.spec, steps]),
    ]),
    16,
  )
