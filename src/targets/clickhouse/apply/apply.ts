import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf, SelectItem } from '../../../model/resource.js'
import type { ApplyContext } from '../../live.js'
import { mark, markFacts } from '../mark.js'
import { createRollupView } from '../render.js'
import { str } from '../text.js'
import { backfill } from './backfill.js'
import { compare } from './compare.js'
import { cutover } from './cutover.js'

/** Runs one step. Running it twice is the same as once. */
export async function applyStep(context: ApplyContext, change: Change, step: Step): Promise<void> {
  if (step.run === 'sql') return context.clickhouse.command(step.sql!)
  const rollup = change.after as ResourceOf<'clickhouse.rollup'>
  const view = String(step.args!.view)
  switch (step.run) {
    case 'view':
      return context.clickhouse.command(createRollupView(rollup.spec, rollup.spec.states, mark(rollup.id, 'fills it')))
    case 'cutover':
      return cutover(context, rollup, view, pick(rollup, String(step.args!.states).split(',')))
    case 'backfill':
    case 'compare': {
      const { from, states } = await liveFill(context, rollup, view)
      return (step.run === 'backfill' ? backfill : compare)(context, rollup, view, states, from)
    }
    default:
      throw new Error(`unknown step ${step.run}`)
  }
}

const pick = (rollup: ResourceOf<'clickhouse.rollup'>, names: readonly string[]): SelectItem[] =>
  rollup.spec.states.filter(state => names.includes(state.name))

/** The cut-over and the states of a view, from the view itself: the live system is the state. */
async function liveFill(
  { clickhouse, database }: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
): Promise<{ from: number; states: SelectItem[] }> {
  const at = `database = ${str(database)} AND table = ${str(view)}`
  const [[table], columns] = await Promise.all([
    clickhouse.query<{ comment: string }>(`SELECT comment FROM system.tables WHERE ${at.replace('table =', 'name =')}`),
    clickhouse.query<{ name: string }>(`SELECT name FROM system.columns WHERE ${at}`),
  ])
  const from = table && markFacts(table.comment).from
  if (from === undefined) throw new Error(`view ${view} is gone: plan again`)
  return {
    from: Number(from),
    states: pick(
      rollup,
      columns.map(column => column.name),
    ),
  }
}
