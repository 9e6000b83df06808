import type { Applied } from '../apply/apply.js'
import { resultText } from '../format/apply.js'
import type { Plan } from '../model/plan.js'
import type { LivePlan } from './livePlan.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'
import { listenForInterruption } from './signals.js'

/** Applies a plan and tells each result as it comes. Ctrl-C ends it after the changes at hand. */
export async function applyChanges(
  { clients, compiled }: LivePlan,
  plan: Plan,
  options: { readonly allowDestructive: boolean },
  output: Output,
): Promise<Applied & { readonly interrupted: boolean }> {
  const { apply } = await import('../apply/apply.js')
  const interruption = listenForInterruption()
  const progress = createProgress(output)
  const applied = await apply(plan, clients, {
    database: compiled.model.project,
    allowDestructive: options.allowDestructive,
    signal: interruption.signal,
    onStart: change => progress.update(change.id),
    onProgress: (change, text) => progress.update(`${change.id}: ${text}`),
    onResult: result => {
      progress.done()
      output.note(resultText(result, output.noteStyle))
    },
  })
  progress.done()
  interruption.dispose()
  return { ...applied, interrupted: interruption.received() !== undefined }
}
