import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf, RollupSpec, SelectItem } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { markFacts } from '../mark.js'
import { expectedSelect, type LiveTable, type Observed, viewsOf } from '../observe.js'
import { addState, clearState, createTable, dropTable } from '../render.js'
import { baseOf } from './base.js'
import { diffTable } from './table.js'

/**
 * A rollup differs when its table does, or when a state that it needs is not there, not fed by a view, or not yet
 * filled. Missing states come beside the others (3-semantics.md, "Changing a definition"); states that nobody reads
 * any more stay until told.
 */
export function diffRollup(
  resource: ResourceOf<'clickhouse.rollup'>,
  observed: Observed,
): { change?: Change; unusedStates: string[] } {
  const { spec } = resource
  const live = observed.tables.get(spec.table.name)
  const base = baseOf(resource)
  if (live === undefined) {
    const steps = [
      { run: 'sql', title: `create table ${spec.table.name}`, sql: createTable(spec.table) },
      ...fill(spec, spec.states, observed),
    ]
    const change: Change = {
      ...base,
      action: 'create',
      risk: rawHolds(spec, observed) ? 'rebuild' : 'safe',
      reason: 'new rollup',
      steps,
      ...impactOf(spec, observed),
    }
    return { change, unusedStates: [] }
  }
  const wanted = new Map(spec.states.map(state => [state.name, state]))
  const keys = new Set(spec.keys.map(key => key.name))
  const views = viewsOf(spec.table.name, observed.tables)
  const broken = views.filter(view => drifted(spec, view, observed))
  const fed = new Map(
    views.filter(view => !broken.includes(view)).flatMap(view => view.columns.map(({ name }) => [name, view] as const)),
  )
  const isState = (name: string): boolean => !keys.has(name)
  const table = diffTable(spec.table, live, isState)
  const missing = spec.states.filter(state => !fed.has(state.name))
  const unfilled = [
    ...new Set(spec.states.map(state => fed.get(state.name)).filter(view => view !== undefined && needsFilling(view))),
  ] as LiveTable[]
  const unusedStates = live.columns.map(column => column.name).filter(name => isState(name) && !wanted.has(name))
  const columns = new Set(live.columns.map(column => column.name))
  const steps: Step[] = [
    ...table.steps,
    ...broken.map(view => ({
      run: 'sql',
      title: `drop view ${view.name}`,
      sql: dropTable(spec.table.database, view.name),
    })),
    ...missing.flatMap(state => freshColumn(spec, state, columns.has(state.name))),
    ...unfilled.flatMap(view => fillSteps(spec, view.name)),
    ...(missing.length > 0 ? fill(spec, missing, observed) : []),
  ]
  if (steps.length === 0) return { unusedStates }
  const reasons = [
    ...table.reasons,
    ...(missing.length > 0
      ? [`${count(missing.length, 'state')} missing: ${missing.map(s => definitionOf(spec, s.name)).join('; ')}`]
      : []),
    ...(broken.length > 0 ? ['a view was changed by hand'] : []),
    ...(unfilled.length > 0 ? ['a fill was interrupted'] : []),
  ]
  return {
    unusedStates,
    change: {
      ...base,
      action: 'update',
      risk: table.destructive ? 'destructive' : missing.length + unfilled.length > 0 ? 'rebuild' : 'safe',
      reason: reasons.join(', '),
      steps,
      ...(missing.length > 0 ? impactOf(spec, observed) : {}),
    },
  }
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const definitionOf = (spec: RollupSpec, state: string): string =>
  spec.table.columns.find(column => column.name === state)?.comment ?? state

/** A view that says something else than what its states are: somebody changed it. */
function drifted(spec: RollupSpec, view: LiveTable, observed: Observed): boolean {
  const expected = expectedSelect(spec, view)
  return expected !== undefined && observed.normal.get(expected) !== view.select
}

const needsFilling = (view: LiveTable): boolean => {
  const facts = markFacts(view.comment)
  return facts.from !== undefined && facts.filled === undefined
}

/** A column without a view holds a part of its truth at most: it is made anew. */
function freshColumn(spec: RollupSpec, state: SelectItem, exists: boolean): Step[] {
  return [
    ...(exists ? [{ run: 'sql', title: `clear state ${state.name}`, sql: clearState(spec.table, state.name) }] : []),
    { run: 'sql', title: `add state ${state.name}`, sql: addState(spec.table, state.name) },
  ]
}

const rawHolds = (spec: RollupSpec, observed: Observed): boolean => observed.tables.has(spec.source.table)

/** A view for these states: at once where raw is new, by cut-over and backfill where events may already flow. */
function fill(spec: RollupSpec, states: readonly SelectItem[], observed: Observed): Step[] {
  const view = names.rollupView(
    spec.table.name,
    states.map(state => state.name),
  )
  if (!rawHolds(spec, observed)) return [{ run: 'view', title: `create view ${view}`, args: { view } }]
  return [
    {
      run: 'cutover',
      title: `create view ${view} from a cut-over on`,
      args: { view, states: states.map(s => s.name).join(',') },
    },
    ...fillSteps(spec, view),
  ]
}

const fillSteps = (spec: RollupSpec, view: string): Step[] => [
  { run: 'backfill', title: `fill ${spec.table.name} from ${spec.source.table} up to the cut-over`, args: { view } },
  { run: 'compare', title: `compare ${spec.table.name} with ${spec.source.table}`, args: { view } },
]

const impactOf = (spec: RollupSpec, observed: Observed): Pick<Change, 'impact'> => {
  const raw = observed.tables.get(spec.source.table)
  return raw && raw.rows > 0 ? { impact: { rows: raw.rows, bytes: raw.bytes } } : {}
}
