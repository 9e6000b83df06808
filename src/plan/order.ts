import type { Change } from '../model/plan.js'

/**
 * Changes so that each comes after those it depends on; deletions last, views before what they read, when the service
 * no longer asks for them. Otherwise by id. Dependencies on what does not change are met already.
 */
export function inOrder(changes: readonly Change[]): Change[] {
  const made = changes.filter(change => change.action !== 'delete')
  const gone = changes.filter(change => change.action === 'delete')
  const after = made.map(change => change.id)
  const views = gone.filter(change => change.kind === 'clickhouse.view').map(change => change.id)
  return [
    ...sorted(made),
    ...gone
      .map(change => ({
        ...change,
        dependsOn: [...change.dependsOn, ...after, ...(change.kind === 'clickhouse.view' ? [] : views)],
      }))
      .sort(
        (a, b) => Number(a.kind !== 'clickhouse.view') - Number(b.kind !== 'clickhouse.view') || (a.id < b.id ? -1 : 1),
      ),
  ]
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
