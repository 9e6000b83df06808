import type { ApplyContext } from '../../live.js'
import { markFacts } from '../mark.js'
import { addState, clearState, createRollupView, dropTable } from '../render.js'
import { str } from '../text.js'
import { record, recorded, serverNow } from './context.js'
import { type Fill, fillMark } from './fill.js'
import { insertsDone, past } from './inserts.js'
import { mutate } from './mutate.js'

/** First distance of a cut-over from now; doubled each time it turns out too short. */
const MARGIN_MS = 300

interface Held {
  readonly from: number
}

/**
 * Makes the view that computes `states` for what arrives from an instant C on (3-semantics.md, "Changing a
 * definition"). C lies ahead when the view begins to count, or it is chosen again: a view that began after C would have
 * missed what arrived in between. Returns once everything that arrived before C is in raw.
 */
export async function cutover(context: ApplyContext, fill: Fill): Promise<void> {
  const live = await liveView(context, fill.view)
  const held = (await recorded<Held>(context, 'cutover', fill.view)).map(entry => entry.from)
  if (live?.from !== undefined && held.includes(live.from)) return settled(context, live.from)
  if (live) await undo(context, fill)
  await begin(context, fill)
}

/** Takes the view back with all that it and its fill wrote, and begins again with another cut-over. */
export async function cutoverAgain(context: ApplyContext, fill: Fill): Promise<number> {
  await undo(context, fill)
  return begin(context, fill)
}

async function begin(context: ApplyContext, fill: Fill): Promise<number> {
  const { clickhouse } = context
  const { rollup, states, view } = fill
  for (let margin = MARGIN_MS; ; margin *= 2) {
    const from = (await serverNow(clickhouse)) + margin
    await clickhouse.command(createRollupView(rollup.spec, states, fillMark({ ...fill, from }), from))
    // An insert that began before the view does not feed it, whatever arrival its later blocks are stamped with.
    await insertsDone(context, await serverNow(clickhouse))
    // A statement that a killed apply had under way may have made another view in the meantime.
    const own = (await liveView(context, view))?.from === from
    if (own && (await serverNow(clickhouse)) < from) {
      await record(context, 'cutover', view, { from } satisfies Held)
      await settled(context, from)
      return from
    }
    await undo(context, fill)
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
async function undo(context: ApplyContext, { rollup, view, states, keep }: Fill): Promise<void> {
  const { clickhouse, database } = context
  await clickhouse.command(dropTable(database, view))
  await insertsDone(context, await serverNow(clickhouse))
  for (const { name } of states) {
    await mutate(context, clearState(rollup.spec.table, name, keep))
    await clickhouse.command(addState(rollup.spec.table, name))
  }
}

async function settled(context: ApplyContext, from: number): Promise<void> {
  await past(context, from)
  await insertsDone(context, from)
}
