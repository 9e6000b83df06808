import type { Change, Step } from '../../../model/plan.js'
import type { ResourceOf, SelectItem } from '../../../model/resource.js'
import { names } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { mark, markFacts } from '../mark.js'
import { createRollupView } from '../render.js'
import { qualified, str } from '../text.js'
import { backfill } from './backfill.js'
import { carry } from './carry.js'
import { compare } from './compare.js'
import { serverNow } from './context.js'
import { cutover } from './cutover.js'
import type { LiveFill } from './fill.js'
import { hold } from './hold.js'
import { insertsDone } from './inserts.js'
import { mutate } from './mutate.js'

/** Runs one step. Running it twice is the same as once. */
export async function applyStep(context: ApplyContext, change: Change, step: Step): Promise<void> {
  if (step.run === 'sql') return context.clickhouse.command(step.sql!)
  if (step.run === 'mutate') return mutate(context, step.sql!)
  if (step.run === 'requery') return requery(context, String(step.args!.raw), String(step.args!.view), step.sql)
  if (step.run === 'settle') return void (await insertsDone(context, await serverNow(context.clickhouse)))
  const rollup = change.after as ResourceOf<'clickhouse.rollup'>
  const view = String(step.args!.view)
  switch (step.run) {
    case 'view':
      return context.clickhouse.command(createRollupView(rollup.spec, rollup.spec.states, mark(rollup.id, 'fills it')))
    case 'cutover':
      return cutover(context, {
        rollup,
        view,
        states: pick(rollup, String(step.args!.states).split(',')),
        ...(step.args!.keep !== undefined && { keep: Number(step.args!.keep) }),
        ...(step.args!.carry !== undefined && { carry: String(step.args!.carry) }),
      })
    case 'carry':
      return void (await carry(context, await liveFill(context, rollup, view)))
    case 'backfill':
      return backfill(context, await liveFill(context, rollup, view))
    case 'compare':
      return compare(context, await liveFill(context, rollup, view))
    default:
      throw new Error(`unknown step ${step.run}`)
  }
}

const pick = (rollup: ResourceOf<'clickhouse.rollup'>, names: readonly string[]): SelectItem[] =>
  rollup.spec.states.filter(state => names.includes(state.name))

/** A fill as its view tells it: the live system is the state. */
async function liveFill(
  { clickhouse, database }: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
): Promise<LiveFill> {
  const at = `database = ${str(database)} AND table = ${str(view)}`
  const [[table], columns] = await Promise.all([
    clickhouse.query<{ comment: string }>(`SELECT comment FROM system.tables WHERE ${at.replace('table =', 'name =')}`),
    clickhouse.query<{ name: string }>(`SELECT name FROM system.columns WHERE ${at}`),
  ])
  const { from, keep, carry } = markFacts(table?.comment ?? '')
  if (from === undefined) throw new Error(`view ${view} is gone: plan again`)
  return {
    rollup,
    view,
    from: Number(from),
    ...(keep !== undefined && { keep: Number(keep) }),
    ...(carry !== undefined && { carry }),
    states: pick(
      rollup,
      columns.map(column => column.name),
    ),
  }
}

/**
 * Changes what a view computes, or gives it its name back after an interruption. An ALTER makes its rows known under
 * another token until the server starts again, and a batch sent again across it would count twice: its own name, come
 * back, brings the token back (measured). Nothing is stored meanwhile.
 */
async function requery(context: ApplyContext, raw: string, view: string, sql: string | undefined): Promise<void> {
  const { clickhouse, database } = context
  const [own, other] = [qualified(database, view), qualified(database, names.renamed(view))]
  await hold(context, raw, async () => {
    await clickhouse.command(`RENAME TABLE IF EXISTS ${own} TO ${other}`)
    if (sql !== undefined) await clickhouse.command(sql.replace(own, other))
    await clickhouse.command(`RENAME TABLE ${other} TO ${own}`)
  })
}
