import type { ResourceOf, SelectItem } from '../../../model/resource.js'
import { rawColumns } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { arrivedBefore, rollupSelect } from '../render.js'
import { id, qualified } from '../text.js'
import { record, recorded } from './context.js'

/** Blocks as large as they get, in a fixed order: the token then stands for the same rows whenever it is sent again. */
const SAME_BLOCKS = {
  min_insert_block_size_rows: 0,
  min_insert_block_size_bytes: 0,
  max_block_size: 100_000_000,
  max_insert_threads: 1,
  max_partitions_per_insert_block: 0,
  max_threads: 1,
}

/**
 * Fills states from raw for what arrived before `from`, one day of arrivals a statement. Each has its token and its
 * line in the ledger: interrupted anywhere, it goes on where it stopped and counts nothing twice.
 */
export async function backfill(
  context: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
  states: readonly SelectItem[],
  from: number,
): Promise<void> {
  const { clickhouse, database } = context
  const { spec } = rollup
  const day = `toYYYYMMDD(${rawColumns.ingestedAt})`
  const raw = qualified(spec.source.database, spec.source.table)
  const days = await clickhouse.query<{ day: number; n: string }>(
    `SELECT ${day} AS day, count() AS n FROM ${raw} WHERE ${arrivedBefore(from)} GROUP BY day ORDER BY day`,
  )
  const done = new Set(
    (await recorded<{ from: number; day: number }>(context, 'filled', view))
      .filter(entry => entry.from === from)
      .map(entry => entry.day),
  )
  const total = days.reduce((sum, { n }) => sum + Number(n), 0)
  let filled = 0
  for (const { day: number, n } of days) {
    if (!done.has(number)) {
      const select = rollupSelect(spec, states, [arrivedBefore(from), `${day} = ${number}`])
      const columns = [...spec.keys, ...states].map(({ name }) => id(name)).join(', ')
      await clickhouse.command(
        `INSERT INTO ${qualified(database, spec.table.name)} (${columns}) ${select} ORDER BY ${spec.keys.map(key => id(key.name)).join(', ')}`,
        undefined,
        {
          settings: { ...SAME_BLOCKS, insert_deduplication_token: `fill/${view}/${from}/${number}` },
        },
      )
      await record(context, 'filled', view, { from, day: number })
    }
    filled += Number(n)
    context.progress(`${spec.table.name}: ${filled.toLocaleString('en')} of ${total.toLocaleString('en')} events`)
  }
}
