import type { Change, Risk } from '../model/plan.js'
import type { Kind } from '../model/resource.js'
import { names } from '../naming.js'

/** Changes of one kind of thing as a reviewer thinks of it, the riskiest first. */
export interface Group {
  readonly title: string
  readonly changes: readonly Change[]
}

/** The riskiest first. */
export const risks: readonly Risk[] = ['destructive', 'rebuild', 'safe']

const titles = ['Sources', 'Topics', 'Rollups', 'Flink jobs', 'Metrics', 'Service', 'Housekeeping'] as const
type Title = (typeof titles)[number]

const titleOfKind: Readonly<Partial<Record<Kind, Title>>> = {
  'kafka.topic': 'Topics',
  'clickhouse.rollup': 'Rollups',
  'flink.job': 'Flink jobs',
  'service.config': 'Service',
}

/** Grouped by thing: the group with the riskiest change first, and within a group the riskiest change first. */
export function groupsOf(changes: readonly Change[]): Group[] {
  const sorted = [...changes].sort((a, b) => rank(a.risk) - rank(b.risk))
  const groups = titles.map(title => ({ title, changes: sorted.filter(change => titleOf(change) === title) }))
  const worst = ({ changes: [first] }: Group): number => (first === undefined ? risks.length : rank(first.risk))
  return groups.filter(group => group.changes.length > 0).sort((a, b) => worst(a) - worst(b))
}

/** What is behind the kind in a change's id. */
export const nameOf = ({ id }: Pick<Change, 'id'>): string => id.slice(id.indexOf('/') + 1)

const rank = (risk: Risk): number => risks.indexOf(risk)

function titleOf(change: Change): Title {
  const name = nameOf(change)
  if (change.kind === 'clickhouse.view') return name.endsWith(names.canaryView('')) ? 'Sources' : 'Metrics'
  if (change.kind === 'clickhouse.table')
    return name === names.values || name.startsWith('_rtdash_') ? 'Housekeeping' : 'Sources'
  return titleOfKind[change.kind] ?? 'Housekeeping'
}
