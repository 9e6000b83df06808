import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { GENTLE, inTurn } from '../gently.js'
import { dropTable } from '../render.js'
import { functionOf, mergeStateSql } from '../states.js'
import { id, qualified, str } from '../text.js'
import { floorTo, instant } from '../window.js'
import { isForgotten, newestBlock, SAME_BLOCKS } from './blocks.js'
import { record, recorded } from './context.js'
import { cutoverAgain } from './cutover.js'
import { bucketMsOf, type LiveFill } from './fill.js'

/** Live queries have the server for themselves in between. */
const PAUSE_MS = 50

interface Day {
  readonly from: number
  readonly day: string
}
/** `block`: see `newestBlock`. */
type Begun = Day & { readonly block: number }

/**
 * Gives a rollup the history beyond raw's reach that another one has (carry.ts beside plan), a day at a time, as it was at
 * the cut-over. Interrupted anywhere it goes on where it stopped. Returns the fill, whose cut-over may be another one.
 */
export async function carry(context: ApplyContext, fill: LiveFill): Promise<LiveFill> {
  if (fill.carry === undefined) return fill
  const { clickhouse, database } = context
  const table = fill.rollup.spec.table.name
  const snapshot = names.carried(fill.view)
  const columns = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = ${str(database)} AND table = ${str(snapshot)}`,
  )
  // It goes when all of it is carried over.
  if (columns.length === 0) return fill
  const own = ({ from }: Day): boolean => from === fill.from
  const [begun, ended] = await Promise.all([
    recorded<Begun>(context, 'carrying', fill.view),
    recorded<Day>(context, 'carried', fill.view),
  ])
  const done = new Set(ended.filter(own).map(({ day }) => day))
  const open = begun.filter(entry => own(entry) && !done.has(entry.day))
  if (await isForgotten(context, table, open))
    return carry(context, { ...fill, from: await cutoverAgain(context, fill) })

  const before = `bucket < ${instant(String(fill.keep))}`
  const days = await clickhouse.query<{ day: string }>(
    `SELECT DISTINCT toString(toDate(bucket)) AS day FROM ${qualified(database, snapshot)} WHERE ${before} ORDER BY day`,
  )
  const has = new Set(columns.map(({ name }) => name))
  for (const [at, { day }] of days.entries()) {
    if (done.has(day)) continue
    if (context.signal?.aborted) throw new Error('interrupted: apply again to go on from here')
    const entry: Day = { from: fill.from, day }
    const sql = carrySql(database, fill, has, `${before} AND toDate(bucket) = ${str(day)}`)
    const token = `carry/${fill.view}/${fill.from}/${day}`
    await inTurn(clickhouse, async () => {
      const block = await newestBlock(context, table)
      await record(context, 'carrying', fill.view, { ...entry, block } satisfies Begun)
      await clickhouse.command(sql, undefined, {
        settings: { ...SAME_BLOCKS, ...GENTLE, insert_deduplication_token: token },
      })
    })
    await record(context, 'carried', fill.view, entry)
    context.progress(`${table}: ${at + 1} of ${days.length} days of history from ${fill.carry}`)
    await sleep(PAUSE_MS)
  }
  await clickhouse.command(dropTable(database, snapshot))
  return fill
}

/** States merged over the dimensions and buckets that only the other rollup has; empty values for those it lacks. */
function carrySql(
  database: string,
  { rollup: { spec }, states, view }: LiveFill,
  has: ReadonlySet<string>,
  where: string,
): string {
  const keys = spec.keys.map(({ name }) => {
    if (name === 'bucket') return instant(floorTo('toUnixTimestamp64Milli(bucket)', bucketMsOf(spec)))
    if (has.has(name)) return id(name)
    const { type } = spec.table.columns.find(column => column.name === name)!
    return `defaultValueOfTypeName(${str(type)})`
  })
  const merged = states.map(({ name }) => mergeStateSql(functionOf(name), id(name)))
  const order = keys.map((_, i) => `k${i}`).join(', ')
  return [
    `INSERT INTO ${qualified(database, spec.table.name)} (${[...spec.keys, ...states].map(({ name }) => id(name)).join(', ')})`,
    `SELECT ${[...keys.map((sql, i) => `${sql} AS k${i}`), ...merged].join(', ')} FROM ${qualified(database, names.carried(view))}`,
    `WHERE ${where} GROUP BY ${order} ORDER BY ${order}`,
  ].join(' ')
}
