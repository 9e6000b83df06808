import type { Compiled } from '../compile/compile.js'
import { counted } from '../format/counted.js'
import { duration } from '../format/quantity.js'
import type { Style } from '../format/style.js'
import type { Change } from '../model/plan.js'
import { withLivePlan } from './livePlan.js'
import type { Project } from './project.js'

/** Applies a project, leaving out and naming whatever would lose data. Throws when a change fails. */
export async function applySafely(project: Project, say: (text: string) => void, style: Style): Promise<Compiled> {
  return withLivePlan(project, {}, async ({ plan, compiled, clients }) => {
    const { kept, left } = withoutDestructive(plan.changes)
    for (const { action, id, reason } of left)
      say(style.yellow(`left out, it would lose data: ${action} ${id} (${reason})`))
    if (kept.length === 0) {
      if (left.length === 0) say('nothing to apply: what is live is what the file says')
      return compiled
    }
    const { apply } = await import('../apply/apply.js')
    const started = Date.now()
    const { results } = await apply({ ...plan, changes: kept }, clients, { database: project.model.project })
    const failed = results.find(result => !result.ok)
    if (failed !== undefined) throw new Error(`${failed.action} ${failed.id}: ${failed.error ?? 'failed'}`)
    say(`applied ${counted(kept.length, 'change')} in ${duration(Date.now() - started)}`)
    return compiled
  })
}

/** Parts the changes that lose data, and those that need one of them to be made first, from the others. */
export function withoutDestructive(changes: readonly Change[]): { kept: Change[]; left: Change[] } {
  const left = new Set(changes.filter(change => change.risk === 'destructive').map(change => change.id))
  for (let size = -1; size !== left.size; ) {
    size = left.size
    for (const change of changes) if (change.dependsOn.some(id => left.has(id))) left.add(change.id)
  }
  return { kept: changes.filter(({ id }) => !left.has(id)), left: changes.filter(({ id }) => left.has(id)) }
}
