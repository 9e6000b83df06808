import { names } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { mark, markFacts } from '../mark.js'
import { addState, clearState, createRollupView, dropTable } from '../render.js'
import { qualified, str } from '../text.js'
import { record, recorded, serverNow } from './context.js'
import { type Fill, fillMark } from './fill.js'
import { HOLD_MS, hold } from './hold.js'
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
  if (fill.carry !== undefined) return beginHeld(context, fill, fill.carry)
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

/**
 * With history to carry over: nothing is stored while the other rollup is put aside as it is (hard links) and the view is
 * made. So what arrived before the cut-over is in the one, and what arrives from then on in the other.
 */
async function beginHeld(context: ApplyContext, fill: Fill, donor: string): Promise<number> {
  const { clickhouse } = context
  const { rollup, states, view } = fill
  for (let ms = HOLD_MS; ; ms *= 2) {
    const work = async (until: number): Promise<number | undefined> => {
      await putAside(context, fill, donor)
      const from = (await serverNow(clickhouse)) + 1
      await clickhouse.command(createRollupView(rollup.spec, states, fillMark({ ...fill, from }), from))
      await past(context, from)
      const own = (await liveView(context, view))?.from === from
      return own && (await serverNow(clickhouse)) < until ? from : undefined
    }
    const from = await hold(context, rollup.spec.source.table, work, ms)
    if (from !== undefined) {
      await record(context, 'cutover', view, { from } satisfies Held)
      return from
    }
    await undo(context, fill)
  }
}

/** A copy of a rollup as it is at this instant, without copying anything. */
async function putAside(context: ApplyContext, { rollup, view }: Fill, donor: string): Promise<void> {
  const { clickhouse, database } = context
  const copy = names.carried(view)
  await clickhouse.command(dropTable(database, copy))
  await clickhouse.command(
    `CREATE TABLE ${qualified(database, copy)} AS ${qualified(database, donor)} COMMENT ${str(mark(rollup.id, `history of ${donor}, being carried over`))}`,
  )
  const partitions = await clickhouse.query<{ partition: string }>(
    `SELECT DISTINCT partition_id AS partition FROM system.parts WHERE active AND database = ${str(database)} AND table = ${str(donor)}`,
  )
  for (const { partition } of partitions)
    await clickhouse.command(
      `ALTER TABLE ${qualified(database, copy)} ATTACH PARTITION ID ${str(partition)} FROM ${qualified(database, donor)}`,
    )
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
async function undo(context: ApplyContext, { rollup, view, states, keep, carry }: Fill): Promise<void> {
  const { clickhouse, database } = context
  await clickhouse.command(dropTable(database, view))
  await insertsDone(context, await serverNow(clickhouse))
  for (const { name } of states) {
    await mutate(context, clearState(rollup.spec.table, name, carry === undefined ? keep : undefined))
    await clickhouse.command(addState(rollup.spec.table, name))
  }
}

async function settled(context: ApplyContext, from: number): Promise<void> {
  await past(context, from)
  await insertsDone(context, from)
}
