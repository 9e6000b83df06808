import type { Model, Source } from '../model/model.js'
import type { Reading, Rollup, RollupPlan, State } from '../model/rollup.js'
import { names } from '../naming.js'
import { COARSE, finestNeeded } from './buckets.js'
import { bestLadder, type Ladder, type Need, type Shape, withinBudget } from './ladder.js'
import { lower } from './lower.js'

/**
 * Chooses, for each source, the fewest rollups such that every metric's query stays inside its budget:
 * one for each pair of dimensions and finest bucket; coarse ones for long windows of heavy states; then as many taken
 * away again as the rest can do without. Pure; the order of metrics does not matter.
 */
export function planRollups(model: Model): RollupPlan {
  const plans = model.sources.map(source => planSource(model, source))
  return {
    rollups: plans.flatMap(plan => plan.rollups).sort(byName),
    readings: plans.flatMap(plan => plan.readings).sort((a, b) => (a.metric < b.metric ? -1 : 1)),
  }
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

function planSource(model: Model, source: Source): RollupPlan {
  const needs: Need[] = []
  for (const metric of [...model.metrics].sort(byName)) {
    if (metric.source !== source.name) continue
    const finestMs = finestNeeded(metric)
    if (finestMs === undefined) continue // the lint no-common-bucket is an error: compile is never reached
    needs.push({ ...lower(metric), metric, source, finestMs, dimensions: [...metric.by].sort() })
  }
  const ladders = takeAway(needs, climb(needs, foundation(needs)))
  return {
    rollups: rollupsOf(source, needs, ladders),
    readings: needs.map(need => readingOf(need, ladders.get(need)!)),
  }
}

const keyOf = (shape: Shape): string => `${String(shape.bucketMs).padStart(9, '0')} ${shape.dimensions.join(',')}`

type Shapes = Map<string, Shape>
type Ladders = Map<Need, Ladder>

function foundation(needs: readonly Need[]): Shapes {
  const shapes = needs.map(need => ({ bucketMs: need.finestMs, dimensions: need.dimensions }))
  return new Map(shapes.map(shape => [keyOf(shape), shape]))
}

/** Adds coarse rollups where a metric is over its budget: as few as reach it, else those that help most. */
function climb(needs: readonly Need[], shapes: Shapes): Ladders {
  const ladders: Ladders = new Map()
  for (const need of needs) {
    let best = bestLadder(need, [...shapes.values()])!
    if (!withinBudget(need, best)) {
      for (const coarse of subsets(COARSE.filter(bucket => bucket > need.finestMs))) {
        const added = coarse.map(bucketMs => ({ bucketMs, dimensions: need.dimensions }))
        const ladder = bestLadder(need, [...shapes.values(), ...added])!
        if (ladder.estimate.ms < best.estimate.ms) best = ladder
        if (withinBudget(need, ladder)) break
      }
    }
    for (const rung of best.rungs) shapes.set(keyOf(rung), rung)
    ladders.set(need, best)
  }
  return ladders
}

/** All non-empty subsets, smallest first. */
function subsets<T>(items: readonly T[]): T[][] {
  let all: T[][] = [[]]
  for (const item of items) all = all.concat(all.map(set => [...set, item]))
  return all.filter(set => set.length > 0).sort((a, b) => a.length - b.length)
}

/** Removes each rollup that its metrics can do without: they stay in their budgets, or pay no more than before. */
function takeAway(needs: readonly Need[], ladders: Ladders): Ladders {
  const users = new Map<string, Set<Need>>()
  const shapes: Shapes = new Map()
  for (const need of needs)
    for (const rung of ladders.get(need)!.rungs) {
      shapes.set(keyOf(rung), rung)
      users.set(keyOf(rung), (users.get(keyOf(rung)) ?? new Set()).add(need))
    }
  const fewestUsersFirst = [...shapes.keys()].sort(
    (a, b) => users.get(a)!.size - users.get(b)!.size || (a < b ? 1 : -1),
  )
  for (const key of fewestUsersFirst) {
    const rest = [...shapes].filter(([other]) => other !== key).map(([, shape]) => shape)
    const moved = [...users.get(key)!].map(need => [need, bestLadder(need, rest)] as const)
    // A metric never moves to more rungs than it had: the same states stored twice are no rollup saved.
    const fits = ([need, ladder]: readonly [Need, Ladder | undefined]): boolean =>
      ladder !== undefined &&
      ladder.rungs.length <= ladders.get(need)!.rungs.length &&
      (withinBudget(need, ladder) || ladder.estimate.ms <= ladders.get(need)!.estimate.ms)
    if (!moved.every(fits)) continue
    shapes.delete(key)
    for (const [need, ladder] of moved) {
      for (const rung of ladders.get(need)!.rungs) users.get(keyOf(rung))!.delete(need)
      ladders.set(need, ladder!)
      for (const rung of ladder!.rungs) users.get(keyOf(rung))!.add(need)
    }
  }
  return ladders
}

function rollupsOf(source: Source, needs: readonly Need[], ladders: Ladders): Rollup[] {
  const rollups = new Map<string, { shape: Shape; states: Map<string, State> }>()
  for (const need of needs)
    for (const shape of ladders.get(need)!.rungs) {
      const rollup = rollups.get(keyOf(shape)) ?? { shape, states: new Map() }
      for (const state of need.states) rollup.states.set(state.name, state)
      rollups.set(keyOf(shape), rollup)
    }
  return [...rollups.values()].map(({ shape, states }) => ({
    name: names.rollup(source.name, shape.bucketMs, shape.dimensions),
    source: source.name,
    bucketMs: shape.bucketMs,
    dimensions: shape.dimensions,
    states: [...states.values()].sort(byName),
  }))
}

const readingOf = (need: Need, ladder: Ladder): Reading => ({
  metric: need.metric.name,
  window: need.metric.window,
  by: need.metric.by,
  rungs: ladder.rungs.map(rung => ({
    rollup: names.rollup(need.source.name, rung.bucketMs, rung.dimensions),
    bucketMs: rung.bucketMs,
  })),
  value: need.value,
  estimate: ladder.estimate,
})
