import type { RollupSpec } from '../../model/resource.js'
import { bucketMsOf } from './apply/fill.js'
import { isFilled, viewsOf } from './liveViews.js'
import { markFacts } from './mark.js'
import type { LiveTable, Observed } from './observe.js'

/** History beyond raw's reach that missing states of a rollup get from another rollup that has had them so far. */
export interface Carry {
  /** The rollup that it comes from. */
  readonly from: string
  readonly states: readonly string[]
  /** Buckets before this instant (epoch ms) come from there, those from it on from raw. */
  readonly keep: number
  /** Dimensions that it does not have: the history stands under their empty value. */
  readonly lacks: readonly string[]
  /** Its buckets where they are longer, ms. */
  readonly coarser?: number
}

/** Raw loses a day at a time, maybe while a fill goes on: so much of what it still has is carried over as well. */
const SLACK_MS = 86_400_000

/** Pure. `donors` hold more than raw, oldest history first; raw holds what happened from `since` (epoch ms) on. */
export function carriesOf(
  spec: RollupSpec,
  states: readonly string[],
  donors: readonly LiveTable[],
  since: number,
  observed: Observed,
): Carry[] {
  const carries = new Map<string, Carry>()
  for (const state of states) {
    const [best] = donors
      .filter(donor => hasFilled(donor, state, observed))
      .map(donor => carryFrom(spec, donor, since, observed))
      .sort((a, b) => a.lacks.length - b.lacks.length || (a.coarser ?? 0) - (b.coarser ?? 0))
    if (best === undefined) continue
    carries.set(best.from, { ...best, states: [...(carries.get(best.from)?.states ?? []), state] })
  }
  return [...carries.values()]
}

/** States of a rollup that were being carried over when that was interrupted: what it has of them is a part at most. */
export const halfCarried = (rollup: string, observed: Observed): Set<string> =>
  new Set(
    viewsOf(rollup, observed.tables)
      .filter(view => markFacts(view.comment).carry !== undefined && !isFilled(view, observed))
      .flatMap(view => view.columns.map(({ name }) => name)),
  )

/** Whether the rollup's values are the same from every bucket and series on that it has now. */
export const isWhole = ({ lacks, coarser }: Carry): boolean => lacks.length === 0 && coarser === undefined

function carryFrom(spec: RollupSpec, donor: LiveTable, since: number, observed: Observed): Carry {
  const dimensions = new Set(donor.columns.filter(({ type }) => !type.includes('AggregateFunction')).map(c => c.name))
  const [ours, theirs] = [bucketMsOf(spec), liveBucketMs(donor, observed)]
  const edge = leastCommonMultiple(ours, theirs)
  return {
    from: donor.name,
    states: [],
    keep: Math.ceil((since + SLACK_MS) / edge) * edge,
    lacks: spec.keys.map(({ name }) => name).filter(name => !dimensions.has(name)),
    ...(ours % theirs !== 0 && { coarser: theirs }),
  }
}

const hasFilled = (donor: LiveTable, state: string, observed: Observed): boolean =>
  donor.columns.some(({ name }) => name === state) &&
  viewsOf(donor.name, observed.tables).some(
    view => view.columns.some(({ name }) => name === state) && isFilled(view, observed),
  )

/** As `bucketOf` wrote it and the server keeps it. */
const liveBucketMs = (donor: LiveTable, observed: Observed): number =>
  Number(/(\d+)\), 'UTC'\) AS `?bucket`?/.exec(viewsOf(donor.name, observed.tables)[0]!.select)![1])

const leastCommonMultiple = (a: number, b: number): number => {
  let [x, y] = [a, b]
  while (y !== 0) [x, y] = [y, x % y]
  return (a / x) * b
}
