import type { Metric, Source } from '../model/model.js'
import type { Estimate } from '../model/rollup.js'
import { windowMs } from './buckets.js'
import { budgetMs, estimate } from './cost.js'
import type { Lowered } from './lower.js'

/** A rollup before it is known which states it holds. */
export interface Shape {
  readonly bucketMs: number
  /** Sorted. */
  readonly dimensions: readonly string[]
}

/** What a metric asks of the planner. */
export interface Need extends Lowered {
  readonly metric: Metric
  readonly source: Source
  /** The longest finest bucket that meets the edges of its windows. */
  readonly finestMs: number
  /** Sorted. */
  readonly dimensions: readonly string[]
}

/** Rollups that together answer a metric, finest first, and what one refresh costs. */
export interface Ladder {
  readonly rungs: readonly Shape[]
  readonly estimate: Estimate
}

/** More rungs than this cost more in query text and views than they save in merges. */
const MAX_RUNGS = 3

export const withinBudget = (need: Need, ladder: Ladder): boolean => ladder.estimate.ms <= budgetMs(need.metric)

/** The best way to read a metric from these shapes: the fewest rungs that hold its budget, else the cheapest; undefined when none fits. */
export function bestLadder(need: Need, shapes: readonly Shape[]): Ladder | undefined {
  const usable = shapes.filter(shape => covers(shape, need)).sort((a, b) => a.bucketMs - b.bucketMs)
  const length = windowMs(need.metric.window)
  let best: Ladder | undefined
  const extend = (rungs: readonly Shape[], from: number): void => {
    const ladder = { rungs, estimate: estimate(need.metric, need.source, need.states, rungs) }
    if (best === undefined || better(need, ladder, best)) best = ladder
    if (rungs.length === MAX_RUNGS) return
    const top = rungs.at(-1)!.bucketMs
    for (let i = from; i < usable.length; i++) {
      const next = usable[i]!
      if (next.bucketMs > top && next.bucketMs % top === 0 && next.bucketMs * 2 <= length)
        extend([...rungs, next], i + 1)
    }
  }
  usable.forEach((shape, i) => {
    if (need.finestMs % shape.bucketMs === 0) extend([shape], i + 1)
  })
  return best
}

const covers = (shape: Shape, need: Need): boolean => need.dimensions.every(name => shape.dimensions.includes(name))

function better(need: Need, a: Ladder, b: Ladder): boolean {
  const [inA, inB] = [withinBudget(need, a), withinBudget(need, b)]
  if (inA !== inB) return inA
  if (inA && a.rungs.length !== b.rungs.length) return a.rungs.length < b.rungs.length
  return a.estimate.ms < b.estimate.ms
}
