import type { Compiled } from '../compile/compile.js'
import { counted } from '../format/counted.js'
import { duration } from '../format/quantity.js'
import type { Style } from '../format/style.js'
import type { Change, Plan } from '../model/plan.js'
import { accountOf } from './account.js'
import { withLivePlan } from './livePlan.js'
import { withLock } from './locked.js'
import type { Project } from './project.js'

/** Whoever watches the file waits for an apply that runs, or for the lock of one that was killed. */
const PATIENCE_MS = 60_000

/** Applies a project, leaving out and naming whatever would lose data. Throws when a change fails. */
export async function applySafely(project: Project, say: (text: string) => void, style: Style): Promise<Compiled> {
  return withLivePlan(project, {}, async ({ plan, compiled, clients, again }) => {
    tellLeft(plan, say, style)
    if (withoutDestructive(plan.changes).kept.length === 0) {
      if (plan.changes.length === 0) say('nothing to apply: what is live is what the file says')
      return compiled
    }
    const { apply } = await import('../apply/apply.js')
    const started = Date.now()
    const account = await accountOf(project, 'dev')
    const flags = { 'lock-timeout': PATIENCE_MS, 'force-unlock': undefined }
    const results = await withLock(clients, project.model, { who: account.by.who, flags, say }, async lock => {
      const now = await again()
      const { results } = await apply({ ...now, changes: withoutDestructive(now.changes).kept }, clients, {
        database: project.model.project,
        account,
        guard: lock.check,
        signal: lock.lost,
      })
      return results
    })
    const failed = results.find(result => !result.ok)
    if (failed !== undefined) throw new Error(`${failed.action} ${failed.id}: ${failed.error ?? 'failed'}`)
    say(`applied ${counted(results.length, 'change')} in ${duration(Date.now() - started)}`)
    return compiled
  })
}

function tellLeft({ changes }: Plan, say: (text: string) => void, style: Style): void {
  for (const { action, id, reason } of withoutDestructive(changes).left)
    say(style.yellow(`left out, it would lose data: ${action} ${id} (${reason})`))
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
