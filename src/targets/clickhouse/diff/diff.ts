import type { Change } from '../../../model/plan.js'
import type { Resource, ResourceOf } from '../../../model/resource.js'
import { rawColumns } from '../../../naming.js'
import { PlanError } from '../../../plan/planError.js'
import type { Held } from '../../live.js'
import type { Observed } from '../observe.js'
import { createDatabase, createTable } from '../render.js'
import { baseOf } from './base.js'
import { dropColumns } from './dropColumns.js'
import { leftovers } from './leftovers.js'
import { diffRollup, type Unused } from './rollup.js'
import { diffTable } from './table.js'
import { diffView } from './view.js'

/** Pure: the changes that lead from what is live to what is wanted, and what is ours, unread and kept. */
export function diff(wanted: readonly Resource[], observed: Observed, drop: boolean): Held {
  const changes: Change[] = []
  const notes: string[] = []
  const unused = new Map<ResourceOf<'clickhouse.rollup'>, Unused>()
  const columns: string[] = []
  for (const resource of wanted) {
    refuseForeign(resource, observed)
    changes.push(...changesOf(resource, observed, { unused, notes, columns, drop }))
  }
  const rest = leftovers(wanted, observed, unused, drop)
  // Columns of raw go after the views that read them.
  const last = changes.map(change =>
    drop && change.action === 'delete' ? { ...change, dependsOn: rest.changes.map(({ id }) => id) } : change,
  )
  return {
    changes: [...last, ...rest.changes],
    unused: [...rest.unused, ...columns].sort(),
    ...(notes.length > 0 && { notes }),
  }
}

/** What is found beside changes, and what may go. */
interface Found {
  readonly unused: Map<ResourceOf<'clickhouse.rollup'>, Unused>
  readonly notes: string[]
  /** Columns of ours that nobody asks for and that stay until told: `table.column`. */
  readonly columns: string[]
  readonly drop: boolean
}

/** A target that loses its broker may still have loaders at work: where an event lies in the topic is what they go by. */
const OWN: ReadonlySet<string> = new Set(Object.values(rawColumns))

function changesOf(resource: Resource, observed: Observed, { unused, notes, columns, drop }: Found): Change[] {
  switch (resource.kind) {
    case 'clickhouse.database':
      return observed.exists ? [] : [create(resource, 'new database', createDatabase(resource.spec))]
    case 'clickhouse.table': {
      const live = observed.tables.get(resource.spec.name)
      if (live === undefined) return [create(resource, 'new table', createTable(resource.spec))]
      const { steps, reasons, destructive, stays, ...extra } = diffTable(resource.spec, live)
      const gone = drop ? extra.gone : extra.gone.filter(column => !OWN.has(column))
      columns.push(...extra.gone.filter(column => !gone.includes(column)).map(column => `${live.name}.${column}`))
      for (const column of stays)
        notes.push(`column ${column} of ${live.name} is no longer declared and stays: rows are sorted by it`)
      const touched = live.rows > 0 && { impact: { rows: live.rows, bytes: live.bytes } }
      const update: Change = {
        ...baseOf(resource),
        action: 'update',
        risk: destructive ? 'destructive' : 'safe',
        reason: reasons.join(', '),
        steps,
        ...(destructive && touched),
      }
      return [
        ...(steps.length > 0 ? [update] : []),
        ...(gone.length > 0 ? [{ ...dropColumns(resource, gone, observed, drop), ...touched }] : []),
      ]
    }
    case 'clickhouse.rollup': {
      const found = diffRollup(resource, observed)
      unused.set(resource, found.unused)
      return found.change ? [found.change] : []
    }
    case 'clickhouse.view': {
      const change = diffView(resource, observed)
      return change ? [change] : []
    }
    default:
      return []
  }
}

const create = (resource: Resource, reason: string, sql: string): Change => ({
  ...baseOf(resource),
  action: 'create',
  risk: 'safe',
  reason,
  steps: [{ run: 'sql', title: `create ${resource.id.split('/')[1]}`, sql }],
})

/** A name that is taken by something that is not ours is said, never taken over. */
function refuseForeign(resource: Resource, observed: Observed): void {
  const name =
    resource.kind === 'clickhouse.rollup'
      ? resource.spec.table.name
      : resource.kind === 'clickhouse.table' || resource.kind === 'clickhouse.view'
        ? resource.spec.name
        : undefined
  const live = name === undefined ? undefined : observed.tables.get(name)
  if (live !== undefined && live.owner === undefined)
    throw new PlanError(
      'not-ours',
      `${observed.database}.${live.name} exists and was not made by rtdash`,
      "rename it, or choose another name in metrics.yaml (a source's `table:`, or the metric)",
    )
}
