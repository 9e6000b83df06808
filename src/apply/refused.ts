import type { Change } from '../model/plan.js'

/** The plan would lose data and nobody allowed it: nothing was touched. */
export class ApplyRefused extends Error {
  override readonly name = 'ApplyRefused'
  readonly code = 'destructive'
  readonly fix = 'look at them with `rtdash plan`, and allow them with --allow-destructive'
  constructor(readonly changes: readonly Change[]) {
    super(
      `refused: ${changes.length === 1 ? 'a change' : `${changes.length} changes`} would lose data: ${changes.map(change => `${change.id} (${change.reason})`).join('; ')}`,
    )
  }
}
