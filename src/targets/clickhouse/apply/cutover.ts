import { setTimeout as sleep } from 'node:timers/promises'
import type { ResourceOf, SelectItem } from '../../../model/resource.js'
import type { ApplyContext } from '../../live.js'
import { mark, markFacts } from '../mark.js'
import { addState, clearState, createRollupView, dropTable } from '../render.js'
import { str } from '../text.js'
import { record, recorded, serverNow } from './context.js'

/** First distance of a cut-over from now; doubled each time it turns out too short. */
const MARGIN_MS = 400

interface Held {
  readonly from: number
}

/**
 * Makes the view that computes `states` for what arrives from an instant C on (3-semantics.md, "Changing a
 * definition"). C lies ahead when the view begins to count, or it is chosen again: a view that began after C would have
 * missed what arrived in between. Returns once everything that arrived before C is in raw.
 */
export async function cutover(
  context: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
  states: readonly SelectItem[],
): Promise<void> {
  const { clickhouse } = context
  const live = await liveView(context, view)
  const held = (await recorded<Held>(context, 'cutover', view)).map(entry => entry.from)
  if (live?.from !== undefined && held.includes(live.from)) return settled(context, live.from)
  if (live) await undo(context, rollup, view, states)
  for (let margin = MARGIN_MS; ; margin *= 2) {
    const from = (await serverNow(clickhouse)) + margin
    await clickhouse.command(
      createRollupView(rollup.spec, states, mark(rollup.id, 'fills it', { from: String(from) }), from),
    )
    if ((await serverNow(clickhouse)) < from) {
      await record(context, 'cutover', view, { from } satisfies Held)
      return settled(context, from)
    }
    await undo(context, rollup, view, states)
  }
}

async function liveView({ clickhouse, database }: ApplyContext, view: string): Promise<{ from?: number } | undefined> {
  const [row] = await clickhouse.query<{ comment: string }>(
    `SELECT comment FROM system.tables WHERE database = ${str(database)} AND name = ${str(view)}`,
  )
  if (!row) return undefined
  const { from } = markFacts(row.comment)
  return from === undefined ? {} : { from: Number(from) }
}

/** Takes back a view that may have begun too late, with all that it wrote. */
async function undo(
  { clickhouse, database }: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
  states: readonly SelectItem[],
): Promise<void> {
  await clickhouse.command(dropTable(database, view))
  await insertsDone(clickhouse, await serverNow(clickhouse))
  for (const { name } of states) {
    await clickhouse.command(clearState(rollup.spec.table, name))
    await clickhouse.command(addState(rollup.spec.table, name))
  }
}

async function settled({ clickhouse }: ApplyContext, from: number): Promise<void> {
  while ((await serverNow(clickhouse)) <= from) await sleep(50)
  await insertsDone(clickhouse, from)
}

/** Waits until every insert that began by `until` has ended. */
async function insertsDone(clickhouse: ApplyContext['clickhouse'], until: number): Promise<void> {
  const running = `SELECT count() AS n FROM system.processes WHERE query_kind IN ('Insert', 'AsyncInsertFlush') AND toUnixTimestamp64Milli(now64(3)) - toInt64(elapsed * 1000) <= ${until} + 50`
  for (;;) {
    const [row] = await clickhouse.query<{ n: string }>(running)
    if (Number(row!.n) === 0) return
    await sleep(50)
  }
}
