import type { Change, Step } from '../../../model/plan.js'
import type { Kind, Resource, ResourceOf } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { viewsOf } from '../liveViews.js'
import { markFacts } from '../mark.js'
import type { LiveTable, Observed } from '../observe.js'
import { arrivedFrom, dropTable, rollupSelect } from '../render.js'
import { id, qualified } from '../text.js'
import type { Unused } from './rollup.js'

/** What is live and ours but no longer asked for. */
export interface Leftovers {
  readonly changes: readonly Change[]
  /** Derived data that nobody reads: kept until told, since it cannot be made again beyond raw's reach. */
  readonly unused: readonly string[]
}

/**
 * Views go, since they hold nothing. Events of a source that is gone are a destructive change of their own, to be
 * allowed by name. Rollups and states that nobody reads stay, and are only dropped along with such a permission.
 */
export function leftovers(
  wanted: readonly Resource[],
  observed: Observed,
  unused: ReadonlyMap<ResourceOf<'clickhouse.rollup'>, Unused>,
  drop: boolean,
): Leftovers {
  const asked = new Set(wanted.flatMap(nameOf))
  const gone = [...observed.tables.values()].filter(table => table.owner !== undefined && !asked.has(table.name))
  const byOwner = (kind: Kind): LiveTable[] => gone.filter(table => table.owner!.startsWith(`${kind}/`))
  const remove = (
    table: LiveTable,
    risk: Change['risk'],
    reason: string,
    views: readonly LiveTable[] = [],
  ): Change => ({
    id: table.owner!,
    kind: table.owner!.split('/')[0] as Kind,
    action: 'delete',
    risk,
    reason,
    dependsOn: [],
    steps: [...views, table].map(({ name }) => ({
      run: 'sql',
      title: `drop ${name}`,
      sql: dropTable(observed.database, name),
    })),
    ...(table.rows > 0 && { impact: { rows: table.rows, bytes: table.bytes } }),
  })
  const carried = new Set([...observed.tables.keys()].map(names.carried))
  const rollups = byOwner('clickhouse.rollup').filter(table => table.feeds === undefined && !carried.has(table.name))
  // They would make every insert of events fail.
  const orphans = byOwner('clickhouse.rollup').filter(
    view => view.feeds !== undefined && !observed.tables.has(view.feeds) && !asked.has(view.feeds),
  )
  const derived = [...rollups, ...byOwner('clickhouse.table').filter(table => !holdsEvents(table))]
  const states = [...unused].filter(([, list]) => list.states.length > 0)
  return {
    changes: [
      ...byOwner('clickhouse.view').map(view => remove(view, 'safe', 'no longer declared')),
      ...orphans.map(view => ({
        ...remove(view, 'safe', 'its table is gone, and every insert fails on it'),
        id: `clickhouse.view/${view.name}`,
        kind: 'clickhouse.view' as const,
      })),
      ...byOwner('clickhouse.table')
        .filter(holdsEvents)
        .map(table => remove(table, 'destructive', 'its source is no longer declared: events are lost')),
      ...(drop
        ? derived.map(table => remove(table, 'destructive', 'no metric reads it', viewsOf(table.name, observed.tables)))
        : []),
      ...(drop ? states.map(([rollup, list]) => dropStates(rollup, list, observed)) : []),
    ],
    unused: drop
      ? []
      : [
          ...derived.map(table => table.name),
          ...states.flatMap(([rollup, list]) => list.states.map(state => `${rollup.spec.table.name}.${state}`)),
        ].sort(),
  }
}

function nameOf(resource: Resource): string[] {
  if (resource.kind === 'clickhouse.table' || resource.kind === 'clickhouse.view') return [resource.spec.name]
  return resource.kind === 'clickhouse.rollup' ? [resource.spec.table.name] : []
}

const holdsEvents = (table: LiveTable): boolean => /^rtdash:\S+ (raw|rejected) events/.test(table.comment)

/** Views stop computing the states, in one statement each, before the columns go. */
function dropStates(rollup: ResourceOf<'clickhouse.rollup'>, { states, gone }: Unused, observed: Observed): Change {
  const { spec } = rollup
  const table = qualified(spec.table.database, spec.table.name)
  const views = viewsOf(spec.table.name, observed.tables)
    .filter(view => !gone.has(view.name) && view.columns.some(column => states.includes(column.name)))
    .map((view): Step => {
      const rest = spec.states.filter(state => view.columns.some(column => column.name === state.name))
      if (rest.length === 0)
        return { run: 'sql', title: `drop view ${view.name}`, sql: dropTable(spec.table.database, view.name) }
      const { from } = markFacts(view.comment)
      const select = rollupSelect(spec, rest, from === undefined ? [] : [arrivedFrom(Number(from))])
      return {
        run: 'requery',
        title: `view ${view.name} computes less`,
        sql: `ALTER TABLE ${qualified(spec.table.database, view.name)} MODIFY QUERY ${select}`,
        args: { raw: spec.source.table, view: view.name },
      }
    })
  const columns = states.map(name => ({
    run: 'mutate',
    title: `drop state ${name}`,
    sql: `ALTER TABLE ${table} DROP COLUMN IF EXISTS ${id(name)}`,
  }))
  return {
    id: `${rollup.id}#unused`,
    kind: rollup.kind,
    action: 'delete',
    risk: 'destructive',
    reason: `no metric reads ${states.join(', ')}`,
    dependsOn: [rollup.id],
    steps: [...views, { run: 'settle', title: 'wait for inserts that still write them' }, ...columns],
  }
}
