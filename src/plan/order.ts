import type { Change } from '../model/plan.js'
import type { Kind } from '../model/resource.js'
import { names } from '../naming.js'

/**
 * Deletions go last, by what stands on what: jobs before the topics that they read and write, the service's orders before
 * what it serves, views before the tables, the ledger, which knows whose the topics are, after all others, and the database after that.
 */
const LAST: readonly Kind[] = [
  'flink.job',
  'service.config',
  'clickhouse.view',
  'clickhouse.rollup',
  'clickhouse.table',
  'kafka.topic',
]

const rankOf = ({ id, kind }: Change): number => {
  if (id === `clickhouse.table/${names.config}`) return LAST.indexOf('service.config')
  if (kind === 'clickhouse.database') return LAST.length + 1
  return id === `clickhouse.table/${names.history}` ? LAST.length : LAST.indexOf(kind)
}

/**
 * Changes so that each comes after those it depends on; deletions last, when nothing that has just been made asks for
 * them any more. Otherwise by id. Dependencies on what does not change are met already.
 */
export function inOrder(changes: readonly Change[]): Change[] {
  const made = changes.filter(change => change.action !== 'delete')
  const gone = changes.filter(change => change.action === 'delete')
  const first = made.map(change => change.id)
  let before: readonly string[] = []
  const last = [...new Set(gone.map(rankOf))]
    .sort((a, b) => a - b)
    .flatMap(rank => {
      const group = sorted(gone.filter(change => rankOf(change) === rank))
      const after = group.map(change => ({
        ...change,
        dependsOn: [...new Set([...change.dependsOn, ...first, ...before])],
      }))
      before = after.map(change => change.id)
      return after
    })
  return [...sorted(made), ...last]
}

function sorted(changes: readonly Change[]): Change[] {
  const byId = new Map([...changes].sort((a, b) => (a.id < b.id ? -1 : 1)).map(change => [change.id, change]))
  const out = new Set<Change>()
  const visit = (change: Change): void => {
    if (out.has(change)) return
    for (const id of change.dependsOn) {
      const needed = byId.get(id)
      if (needed) visit(needed)
    }
    out.add(change)
  }
  for (const change of byId.values()) visit(change)
  return [...out]
}
