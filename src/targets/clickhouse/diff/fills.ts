import type { Step } from '../../../model/plan.js'
import type { RollupSpec, SelectItem } from '../../../model/resource.js'
import { bucketLabel, names } from '../../../naming.js'
import type { Figures, Observed } from '../observe.js'
import { addState, clearState } from '../render.js'

// The steps that give a rollup states which it does not have yet, with their history.

/**
 * A column without a view holds a part of its truth at most: it is made anew, as far back as raw reaches. One that is
 * lost, but that a view went on writing, comes back first: parts that hold it could not be changed without it.
 */
export function freshColumns(
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
    sql: clearState(spec.table, name, carriedIn(figures, name) ? undefined : figures?.keep),
  })
  return [
    ...states.filter(({ name }) => !exists(name)).map(add),
    ...states.filter(({ name }) => exists(name) || written(name)).flatMap(state => [clear(state), add(state)]),
  ]
}

export const rawHolds = (spec: RollupSpec, observed: Observed): boolean => observed.tables.has(spec.source.table)

/**
 * A view for these states: at once where raw is new, by cut-over and backfill where events may already flow; one for each
 * rollup that history is carried over from.
 */
export function fill(
  spec: RollupSpec,
  states: readonly SelectItem[],
  observed: Observed,
  figures: Figures | undefined,
): Step[] {
  const named = (list: readonly SelectItem[]): string[] => list.map(({ name }) => name)
  if (!rawHolds(spec, observed)) {
    const view = names.rollupView(spec.table.name, named(states))
    return [{ run: 'view', title: `create view ${view}`, args: { view } }]
  }
  const carries = figures?.carries ?? []
  const rest = named(states.filter(({ name }) => !carriedIn(figures, name)))
  const stepsOf = (list: readonly string[], facts: Facts): Step[] =>
    list.length === 0 ? [] : fillSteps(spec, names.rollupView(spec.table.name, list), list, facts)
  return [
    ...stepsOf(rest, { ...(figures?.keep !== undefined && { keep: figures.keep }) }),
    ...carries.flatMap(carry => {
      const list = named(states.filter(({ name }) => carry.states.includes(name)))
      return stepsOf(list, { keep: carry.keep, carry: carry.from })
    }),
  ]
}

const carriedIn = (figures: Figures | undefined, state: string): boolean =>
  figures?.carries.some(({ states }) => states.includes(state)) ?? false

interface Facts {
  readonly keep?: string | number
  readonly carry?: string
}

/** Each can be run again: a fill that was interrupted goes through all of them. */
export const fillSteps = (
  spec: RollupSpec,
  view: string,
  states: readonly string[],
  { keep, carry }: Facts,
): Step[] => [
  {
    run: 'cutover',
    title: `create view ${view} from a cut-over on`,
    args: {
      view,
      states: states.join(','),
      ...(keep !== undefined && { keep: Number(keep) }),
      ...(carry !== undefined && { carry }),
    },
  },
  ...(carry === undefined
    ? []
    : [{ run: 'carry', title: `carry history over from ${carry} to ${spec.table.name}`, args: { view } }]),
  { run: 'backfill', title: `fill ${spec.table.name} from ${spec.source.table} up to the cut-over`, args: { view } },
  { run: 'compare', title: `compare ${spec.table.name} with ${spec.source.table}`, args: { view } },
]

/** Where history comes from, and since when what has none of it has values. */
export function historyReasons(figures: Figures | undefined): string[] {
  const carried = (figures?.carries ?? []).map(({ from, keep, lacks, coarser }) =>
    [
      `history from before ${new Date(keep).toISOString().slice(0, 10)} comes from ${from}`,
      ...(lacks.length > 0 ? [`under the empty value of ${lacks.join(', ')}`] : []),
      ...(coarser !== undefined ? [`in buckets of ${bucketLabel(coarser)}`] : []),
    ].join(' '),
  )
  const since = figures?.impact.since
  if (since === undefined) return carried
  const from = `values from ${new Date(since).toISOString()} on, as far back as raw events reach`
  return [...carried, carried.length > 0 ? `what had none has ${from}` : `with ${from}`]
}
