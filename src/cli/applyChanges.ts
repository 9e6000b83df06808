import { resultText } from '../format/apply.js'
import type { ChangeResult, Plan } from '../model/plan.js'
import type { LivePlan } from './livePlan.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'
import { listenForInterruption } from './signals.js'

export interface Applied {
  /** The fingerprint of the plan that was applied. */
  readonly id: string
  readonly results: readonly ChangeResult[]
  readonly interrupted: boolean
}

/** Applies a plan and tells each result as it comes. Ctrl-C ends it after the step at hand. */
export async function applyChanges({ clients }: LivePlan, plan: Plan, output: Output): Promise<Applied> {
  const { apply } = await import('../apply/apply.js')
  const interruption = listenForInterruption()
  const progress = createProgress(output)
  const results = await apply(plan, clients, {
    signal: interruption.signal,
    onStep: (change, step) => progress.update(`${change.id}: ${step.title}`),
    onResult: result => {
      progress.done()
      output.note(resultText(result, output.noteStyle))
    },
  })
  progress.done()
  interruption.dispose()
  return { id: plan.fingerprint, results, interrupted: interruption.received() !== undefined }
}
