import { rawColumns } from '../naming.js'
import { timestampOf } from '../targets/clickhouse/apply/fill.js'
import { markFacts } from '../targets/clickhouse/mark.js'
import { arrivedFrom, rollupSelect } from '../targets/clickhouse/render.js'
import { qualified } from '../targets/clickhouse/text.js'
import type { ApplyContext } from '../targets/live.js'
import { type Range, within } from './range.js'
import { type Staged, statesOf } from './staged.js'

/** Arrivals that no view counts in the partitions at hand, so that nothing is written there while they are exchanged. */
export type Pause = Range

/** Makes the rollup's own views leave out a pause, or count everything again. */
export async function carveRollup({ clickhouse, database }: ApplyContext, staged: Staged, pause?: Pause) {
  const { spec } = staged.rollup
  for (const view of staged.views) {
    const states = statesOf(staged, view)
    const { from } = markFacts(view.comment)
    const since = from === undefined ? [] : [arrivedFrom(Number(from))]
    const select = rollupSelect(spec, states, [...since, ...conditionOf(staged, pause)])
    await clickhouse.command(`ALTER TABLE ${qualified(database, view.name)} MODIFY QUERY ${select}`)
  }
}

/** The same for the view that fills the table beside it from `from` on. */
export async function carveStaging(
  { clickhouse, database }: ApplyContext,
  staged: Staged,
  from: number,
  pause?: Pause,
): Promise<void> {
  const { rollup, view, states } = staged.fill
  const select = rollupSelect(rollup.spec, states, [arrivedFrom(from), ...conditionOf(staged, pause)])
  await clickhouse.command(`ALTER TABLE ${qualified(database, view)} MODIFY QUERY ${select}`)
}

const conditionOf = ({ rollup, range }: Staged, pause: Pause | undefined): string[] =>
  pause === undefined
    ? []
    : [`NOT (${within(rawColumns.ingestedAt, pause)} AND ${within(timestampOf(rollup.spec), range)})`]
