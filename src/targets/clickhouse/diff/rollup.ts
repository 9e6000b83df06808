import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf, RollupSpec } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import { expectedSelect, isFilled, viewsOf } from '../liveViews.js'
import { markFacts } from '../mark.js'
import type { Figures, LiveTable, Observed } from '../observe.js'
import { createTable, dropTable } from '../render.js'
import { selectList } from '../selectList.js'
import { baseOf } from './base.js'
import { fill, fillSteps, freshColumns, historyReasons, rawHolds } from './fills.js'
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
      reason: ['new rollup', ...historyReasons(figures)].join(', '),
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

  const needsFilling = (view: LiveTable): boolean => !isFilled(view, observed)
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
    ...unfilled.flatMap(view => fillSteps(spec, view.name, statesOf(view), markFacts(view.comment))),
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
    ...(missing.length > 0 ? historyReasons(figures) : []),
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

/** A view that says something else than what its states are: somebody changed it. What nobody reads may stand beside. */
function drifted(spec: RollupSpec, view: LiveTable, observed: Observed): boolean {
  const expected = expectedSelect(spec, view)
  if (expected === undefined) return false
  const wanted = observed.normal.get(expected)!
  if (wanted === view.select) return false
  const [want, have] = [selectList(wanted), selectList(view.select)]
  const known = new Set(have.items)
  return want.rest !== have.rest || have.items.length !== view.columns.length || !want.items.every(i => known.has(i))
}

const renameBack = (spec: RollupSpec, { name }: LiveTable): Step => ({
  run: 'requery',
  title: `give view ${name} its name back`,
  args: { raw: spec.source.table, view: name },
})

/** With what they were to carry over; and waits until nothing that they began is still being written. */
const dropViews = (spec: RollupSpec, views: readonly LiveTable[]): Step[] => [
  ...views.flatMap(({ name, comment }) => [
    { run: 'sql', title: `drop view ${name}`, sql: dropTable(spec.table.database, name) },
    ...(markFacts(comment).carry === undefined
      ? []
      : [
          {
            run: 'sql',
            title: `drop what ${name} was to carry over`,
            sql: dropTable(spec.table.database, names.carried(name)),
          },
        ]),
  ]),
  ...(views.length > 0 ? [{ run: 'settle', title: 'wait for inserts that still go through' }] : []),
]

/** Measured where it could be; else what raw holds. */
function impactOf(spec: RollupSpec, observed: Observed, figures: Figures | undefined): Pick<Change, 'impact'> {
  if (figures !== undefined) return { impact: figures.impact }
  const raw = observed.tables.get(spec.source.table)
  return raw && raw.rows > 0 ? { impact: { rows: raw.rows, bytes: raw.bytes } } : {}
}
