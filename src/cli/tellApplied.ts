import type { Applied } from '../apply/apply.js'
import { applySummary, interruptedSummary } from '../format/apply.js'
import { type ExitCode, exitCodes } from './exitCodes.js'
import type { Output } from './output.js'

/** There was nothing to do, so nothing was noted. */
export const nothingApplied = { id: '', ok: true, results: [], interrupted: false }

/** Tells how an apply, a rollback or a destroy ended; its exit code. */
export function tellApplied(
  { id, ok, results, interrupted }: Applied & { readonly interrupted: boolean },
  output: Output,
): ExitCode {
  output.document({ ok, id, results })
  output.text(interrupted ? interruptedSummary(results, output.style) : applySummary(results, output.style))
  if (interrupted) return exitCodes.interrupted
  return ok ? exitCodes.ok : exitCodes.failed
}
