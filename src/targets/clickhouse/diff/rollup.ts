import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf, RollupSpec, SelectItem } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { markFacts } from '../mark.js'
import { expectedSelect, type Figures, fillKey, type LiveTable, type Observed, viewsOf } from '../observe.js'
import { addState, clearState, createTable, dropTable } from '../render.js'
import { baseOf } from './base.js'
import { diffTable } from './table.js'

export interface RollupDiff {
  readonly change?: Change
  readonly unused: Unused
}

/** States that nobody reads, and the views that the change takes away anyhow. */
export interface Unused {
  readonly states: readonly string[]
  readonly gone: ReadonlySet<string>
}

/**
 * A rollup differs when its table does, or when a state that it needs is not there, not fed by a view, or not yet
 * filled. Missing states come beside the others (3-semantics.md, "Changing a definition"); states that nobody reads
 * any more stay until told.
 */
export function diffRollup(resource: ResourceOf<'clickhouse.rollup'>, observed: Observed): RollupDiff {
  const { spec } = resource
  const live = observed.tables.get(spec.table.name)
  const views = viewsOf(spec.table.name, observed.tables)
  const base = baseOf(resource)
  const figures = observed.figures?.get(spec.table.name)
  if (live === undefined) {
    const change: Change = {
      ...base,
      action: 'create',
      risk: rawHolds(spec, observed) ? 'rebuild' : 'safe',
      reason: ['new rollup', ...sinceReason(figures)].join(', '),
      steps: [
        // Its views outlived it: they would fill the new one twice.
        ...views.filter(view => view.left === 'renamed').map(view => renameBack(spec, view)),
        ...dropViews(spec, views),
        { run: 'sql', title: `create table ${spec.table.name}`, sql: createTable(spec.table) },
        ...fill(spec, spec.states, observed, figures),
      ],
      ...impactOf(spec, observed, figures),
    }
    return { change, unused: { states: [], gone: new Set() } }
  }
  const wanted = new Set(spec.states.map(state => state.name))
  const keys = new Set(spec.keys.map(key => key.name))
  const columns = new Set(live.columns.map(column => column.name))
  const isState = (name: string): boolean => !keys.has(name)
  const statesOf = (view: LiveTable): string[] => view.columns.map(({ name }) => name).filter(isState)

  const needsFilling = unfilledOf(observed)
  const twice = fedTwice(views.flatMap(statesOf))
  const broken = new Set(
    views.filter(
      view =>
        drifted(spec, view, observed) ||
        statesOf(view).some(name => !columns.has(name) || twice.has(name)) ||
        // An interrupted fill of states that are no longer all wanted: those that are begin again.
        (needsFilling(view) && statesOf(view).some(name => !wanted.has(name))),
    ),
  )
  const fed = new Map(
    views.filter(view => !broken.has(view)).flatMap(view => statesOf(view).map(name => [name, view] as const)),
  )
  const table = diffTable(spec.table, live, isState)
  const missing = spec.states.filter(state => !fed.has(state.name))
  const unfilled = [...new Set(fed.values())].filter(needsFilling)
  const written = new Set([...broken].flatMap(statesOf))
  const unused: Unused = {
    states: [...columns].filter(name => isState(name) && !wanted.has(name)),
    gone: new Set([...broken].map(view => view.name)),
  }
  // Raw under a new name holds nothing yet: what came before stays, and goes on.
  const clears = rawHolds(spec, observed)
  const renamed = views.filter(view => view.left === 'renamed')
  const steps: Step[] = [
    ...table.steps,
    ...renamed.map(view => renameBack(spec, view)),
    ...dropViews(spec, [...broken]),
    ...freshColumns(
      spec,
      missing,
      state => clears && columns.has(state),
      state => written.has(state),
      figures,
    ),
    ...unfilled.flatMap(view => fillSteps(spec, view.name, statesOf(view), markFacts(view.comment).keep)),
    ...(missing.length > 0 ? fill(spec, missing, observed, figures) : []),
  ]
  if (steps.length === 0) return { unused }
  const reasons = [
    ...table.reasons,
    ...(missing.length > 0
      ? [`${count(missing.length, 'state')} missing: ${missing.map(s => definitionOf(spec, s.name)).join('; ')}`]
      : []),
    ...(broken.size > 0
      ? [[...broken].every(needsFilling) ? 'a fill was interrupted' : 'a view was changed by hand']
      : []),
    ...(unfilled.length > 0 ? ['a fill was interrupted'] : []),
    ...(renamed.length > 0 ? ['the change of a view was interrupted'] : []),
    ...(missing.length > 0 ? sinceReason(figures) : []),
  ]
  const rebuilds = missing.length + unfilled.length > 0
  return {
    unused,
    change: {
      ...base,
      action: 'update',
      risk: table.destructive ? 'destructive' : rebuilds ? 'rebuild' : 'safe',
      reason: reasons.join(', '),
      steps,
      ...(rebuilds ? impactOf(spec, observed, figures) : {}),
    },
  }
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const definitionOf = (spec: RollupSpec, state: string): string =>
  spec.table.columns.find(column => column.name === state)?.comment ?? state

/** States that more than one view computes count double. */
function fedTwice(states: readonly string[]): Set<string> {
  const seen = new Set<string>()
  return new Set(states.filter(name => seen.size === seen.add(name).size))
}

/** A view that says something else than what its states are: somebody changed it. */
function drifted(spec: RollupSpec, view: LiveTable, observed: Observed): boolean {
  const expected = expectedSelect(spec, view)
  return expected !== undefined && observed.normal.get(expected) !== view.select
}

const unfilledOf =
  (observed: Observed) =>
  (view: LiveTable): boolean => {
    const { from } = markFacts(view.comment)
    return from !== undefined && !observed.filled.has(fillKey(view.name, from))
  }

const renameBack = (spec: RollupSpec, { name }: LiveTable): Step => ({
  run: 'requery',
  title: `give view ${name} its name back`,
  args: { raw: spec.source.table, view: name },
})

/** And waits until nothing that they began is still being written. */
const dropViews = (spec: RollupSpec, views: readonly LiveTable[]): Step[] => [
  ...views.map(view => ({
    run: 'sql',
    title: `drop view ${view.name}`,
    sql: dropTable(spec.table.database, view.name),
  })),
  ...(views.length > 0 ? [{ run: 'settle', title: 'wait for inserts that still go through' }] : []),
]

/**
 * A column without a view holds a part of its truth at most: it is made anew, as far back as raw reaches. One that is
 * lost, but that a view went on writing, comes back first: parts that hold it could not be changed without it.
 */
function freshColumns(
  spec: RollupSpec,
  states: readonly SelectItem[],
  exists: (state: string) => boolean,
  written: (state: string) => boolean,
  figures: Figures | undefined,
): Step[] {
  const add = ({ name }: SelectItem): Step => ({
    run: 'sql',
    title: `add state ${name}`,
    sql: addState(spec.table, name),
  })
  const clear = ({ name }: SelectItem): Step => ({
    run: 'mutate',
    title: `clear state ${name}`,
    sql: clearState(spec.table, name, figures?.keep),
  })
  return [
    ...states.filter(({ name }) => !exists(name)).map(add),
    ...states.filter(({ name }) => exists(name) || written(name)).flatMap(state => [clear(state), add(state)]),
  ]
}

const rawHolds = (spec: RollupSpec, observed: Observed): boolean => observed.tables.has(spec.source.table)

/** A view for these states: at once where raw is new, by cut-over and backfill where events may already flow. */
function fill(
  spec: RollupSpec,
  states: readonly SelectItem[],
  observed: Observed,
  figures: Figures | undefined,
): Step[] {
  const list = states.map(state => state.name)
  const view = names.rollupView(spec.table.name, list)
  if (!rawHolds(spec, observed)) return [{ run: 'view', title: `create view ${view}`, args: { view } }]
  return fillSteps(spec, view, list, figures?.keep)
}

/** Each can be run again: a fill that was interrupted goes through all three. */
const fillSteps = (spec: RollupSpec, view: string, states: readonly string[], keep?: string | number): Step[] => [
  {
    run: 'cutover',
    title: `create view ${view} from a cut-over on`,
    args: { view, states: states.join(','), ...(keep !== undefined && { keep: Number(keep) }) },
  },
  { run: 'backfill', title: `fill ${spec.table.name} from ${spec.source.table} up to the cut-over`, args: { view } },
  { run: 'compare', title: `compare ${spec.table.name} with ${spec.source.table}`, args: { view } },
]

const sinceReason = (figures: Figures | undefined): string[] =>
  figures?.impact.since === undefined
    ? []
    : [`with values from ${new Date(figures.impact.since).toISOString()} on, as far back as raw events reach`]

/** Measured where it could be; else what raw holds. */
function impactOf(spec: RollupSpec, observed: Observed, figures: Figures | undefined): Pick<Change, 'impact'> {
  if (figures !== undefined) return { impact: figures.impact }
  const raw = observed.tables.get(spec.source.table)
  return raw && raw.rows > 0 ? { impact: { rows: raw.rows, bytes: raw.bytes } } : {}
}
