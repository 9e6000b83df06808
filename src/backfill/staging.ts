import { backfill } from '../targets/clickhouse/apply/backfill.js'
import { SAME_BLOCKS } from '../targets/clickhouse/apply/blocks.js'
import { compare } from '../targets/clickhouse/apply/compare.js'
import { cutover } from '../targets/clickhouse/apply/cutover.js'
import { markFacts } from '../targets/clickhouse/mark.js'
import { dropTable } from '../targets/clickhouse/render.js'
import { id, qualified, str } from '../targets/clickhouse/text.js'
import type { ApplyContext } from '../targets/live.js'
import { within } from './range.js'
import type { Staged } from './staged.js'

/**
 * Fills the table beside the rollup: by its own view with what arrives from a cut-over on, from raw with what came
 * before, and from the rollup itself with buckets that raw no longer reaches. Compares it with raw. Goes on where an
 * interrupted run over the same buckets has stopped.
 */
export async function fillStaging(context: ApplyContext, staged: Staged): Promise<void> {
  const { fill } = staged
  await createStaging(context, staged)
  await cutover(context, fill)
  await backfill(context, { ...fill, from: await cutoverOf(context, fill.view) })
  await copyKept(context, staged)
  const from = await cutoverOf(context, fill.view)
  context.progress(`${staged.rollup.spec.table.name}: comparing with raw`)
  await compare(context, { ...fill, from })
}

/** Takes the table and its view away. */
export async function dropStaging({ clickhouse, database }: ApplyContext, { fill }: Staged): Promise<void> {
  const table = fill.rollup.spec.table.name
  const views = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND startsWith(name, {prefix:String})`,
    { database, prefix: `${table}__` },
  )
  // Views first: an insert in between would not find the table.
  for (const { name } of views) await clickhouse.command(dropTable(database, name))
  await clickhouse.command(dropTable(database, table))
}

/** What it holds stands in its comment: over other buckets it is begun anew. */
async function createStaging(context: ApplyContext, staged: Staged): Promise<void> {
  const { clickhouse, database } = context
  const { rollup, range, fill } = staged
  const [table, staging] = [rollup.spec.table.name, fill.rollup.spec.table.name]
  const comment = `backfill of ${table}, buckets ${range.from} to ${range.to}, kept before ${fill.keep ?? 'none'}`
  const [live] = await clickhouse.query<{ comment: string; rows: string; views: string }>(
    `SELECT comment, total_rows AS rows,
       (SELECT count() FROM system.tables WHERE database = {database:String} AND name = {view:String}) AS views
     FROM system.tables WHERE database = {database:String} AND name = {staging:String}`,
    { database, staging, view: fill.view },
  )
  // Rows without the view that goes with them are what a removal left that was cut off.
  if (live?.comment === comment && (live.views === '1' || live.rows === '0')) return
  await dropStaging(context, staged)
  await clickhouse.command(
    `CREATE TABLE ${qualified(database, staging)} AS ${qualified(database, table)} COMMENT ${str(comment)}`,
  )
}

async function cutoverOf({ clickhouse, database }: ApplyContext, view: string): Promise<number> {
  const [row] = await clickhouse.query<{ comment: string }>(
    'SELECT comment FROM system.tables WHERE database = {database:String} AND name = {view:String}',
    { database, view },
  )
  const { from } = markFacts(row?.comment ?? '')
  if (from === undefined) throw new Error(`${view} was taken away by somebody else: run it again`)
  return Number(from)
}

/** Buckets that raw no longer reaches get no events any more: they are copied, a day at a time. */
async function copyKept({ clickhouse, database }: ApplyContext, { rollup, range, fill }: Staged): Promise<void> {
  const { spec } = rollup
  if (fill.keep === undefined || fill.keep <= range.from) return
  const kept = within('bucket', { from: range.from, to: Math.min(fill.keep, range.to) })
  const from = qualified(database, spec.table.name)
  const days = await clickhouse.query<{ day: string }>(
    `SELECT DISTINCT toString(toDate(bucket)) AS day FROM ${from} WHERE ${kept} ORDER BY day`,
  )
  const keys = spec.keys.map(key => id(key.name))
  const columns = [...keys, ...spec.states.map(state => id(state.name))].join(', ')
  for (const { day } of days)
    await clickhouse.command(
      `INSERT INTO ${qualified(database, fill.rollup.spec.table.name)} (${columns}) SELECT ${columns} FROM ${from}
       WHERE ${kept} AND toDate(bucket) = ${str(day)} ORDER BY ${keys.join(', ')}`,
      undefined,
      {
        settings: {
          ...SAME_BLOCKS,
          insert_deduplication_token: `kept/${fill.rollup.spec.table.name}/${range.from}-${range.to}/${day}`,
        },
      },
    )
}
