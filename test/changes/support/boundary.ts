import type { ApplyOptions } from '../../../src/apply/apply.js'
import type { Plan } from '../../../src/model/plan.js'

/** A moment of an apply: just before or just after a step of a change. */
export interface Boundary {
  /** The project's own name in it is `shop`. */
  readonly change: string
  readonly step: number
  readonly title: string
  readonly moment: 'before' | 'after'
}

/** Every boundary of a plan. */
export const boundariesOf = (plan: Plan, project: string): Boundary[] =>
  plan.changes.flatMap(({ id, steps }) =>
    steps.flatMap(({ title }, step) =>
      (['before', 'after'] as const).map(moment => ({ change: id.replaceAll(project, 'shop'), step, title, moment })),
    ),
  )

/** Holds an apply for ever at its boundary, and tells. */
export function stopAt(boundary: Boundary, project: string, stopped: () => void): NonNullable<ApplyOptions['onStep']> {
  return (change, step, moment) => {
    const here =
      change.id.replaceAll(project, 'shop') === boundary.change &&
      change.steps.indexOf(step) === boundary.step &&
      moment === boundary.moment
    if (!here) return
    stopped()
    return new Promise(() => {})
  }
}
