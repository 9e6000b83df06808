import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyContext } from '../../live.js'
import { rollupSelect } from '../render.js'
import { DEDUP_WINDOW } from '../tables.js'
import { id, qualified } from '../text.js'
import { record, recorded } from './context.js'
import { cutoverAgain } from './cutover.js'
import { beyondKept, type LiveFill } from './fill.js'
import { between, type Slice, slicesOf } from './slices.js'

/** One block in a fixed order, on one core: the token then stands for the same rows whenever it is sent again. */
const SAME_BLOCKS = {
  min_insert_block_size_rows: 0,
  min_insert_block_size_bytes: 0,
  max_block_size: 100_000_000,
  max_insert_threads: 1,
  max_partitions_per_insert_block: 0,
  max_threads: 1,
}
/** After each slice live queries have the server for themselves for this share of the time that it took. */
const PAUSE_SHARE = 0.5
const MAX_PAUSE_MS = 2000
/** Blocks that a table may have taken in since a slice was begun while its token is surely still known. */
const REMEMBERED = DEDUP_WINDOW * 0.9

interface Begun {
  readonly from: number
  readonly slice: number
  /** The table's newest block number when it was begun. */
  readonly block: number
}

/**
 * Fills states from raw for what arrived before the cut-over, a slice at a time. Each has its token and its lines in
 * the ledger: interrupted anywhere, it goes on where it stopped and counts nothing twice.
 */
export async function backfill(context: ApplyContext, fill: LiveFill): Promise<void> {
  const [begun, filled] = await Promise.all([
    recorded<Begun>(context, 'filling', fill.view),
    recorded<Begun>(context, 'filled', fill.view),
  ])
  const own = ({ from }: Begun): boolean => from === fill.from
  const done = new Set(filled.filter(own).map(entry => entry.slice))
  const open = begun.filter(entry => own(entry) && !done.has(entry.slice))
  if (
    open.length > 0 &&
    (await newestBlock(context, fill)) - Math.min(...open.map(entry => entry.block)) > REMEMBERED
  ) {
    // Whether that slice was stored can no longer be told.
    context.progress(`${fill.rollup.spec.table.name}: interrupted too long ago to go on, begins again`)
    return backfill(context, { ...fill, from: await cutoverAgain(context, fill) })
  }
  const slices = await slicesOf(context, fill)
  const tell = progressOf(context, fill, slices)
  for (const slice of slices) {
    if (done.has(slice.from)) {
      tell(slice)
      continue
    }
    if (context.signal?.aborted) throw new Error('interrupted: apply again to go on from here')
    const ms = await fillSlice(context, fill, slice)
    tell(slice, ms)
    if (slice !== slices.at(-1)) await sleep(Math.min(MAX_PAUSE_MS, ms * PAUSE_SHARE))
  }
}

/** Returns how long it took, ms. */
async function fillSlice(context: ApplyContext, fill: LiveFill, slice: Slice): Promise<number> {
  const { clickhouse, database } = context
  const { spec } = fill.rollup
  const entry = { from: fill.from, slice: slice.from }
  const block = await newestBlock(context, fill)
  await record(context, 'filling', fill.view, { ...entry, block } satisfies Begun)
  const select = rollupSelect(spec, fill.states, [between(slice.from, slice.to), ...beyondKept(spec, fill.keep)])
  const columns = [...spec.keys, ...fill.states].map(({ name }) => id(name)).join(', ')
  const started = performance.now()
  await clickhouse.command(
    `INSERT INTO ${qualified(database, spec.table.name)} (${columns}) ${select} ORDER BY ${spec.keys.map(key => id(key.name)).join(', ')}`,
    undefined,
    {
      settings: { ...SAME_BLOCKS, insert_deduplication_token: `fill/${fill.view}/${fill.from}/${slice.from}` },
    },
  )
  const ms = Math.round(performance.now() - started)
  await record(context, 'filled', fill.view, { ...entry, rows: slice.rows, ms })
  return ms
}

/** Grows by one with each block that the table takes in: says how many tokens it has seen since. */
async function newestBlock({ clickhouse, database }: ApplyContext, { rollup }: LiveFill): Promise<number> {
  const [row] = await clickhouse.query<{ block: string }>(
    'SELECT max(max_block_number) AS block FROM system.parts WHERE database = {database:String} AND table = {table:String}',
    { database, table: rollup.spec.table.name },
  )
  return Number(row!.block)
}

/** Tells how far it is, and how long the rest will take at the speed so far, pauses included. */
function progressOf(context: ApplyContext, { rollup }: LiveFill, slices: readonly Slice[]) {
  const total = slices.reduce((sum, { rows }) => sum + rows, 0)
  let seen = 0
  let read = 0
  let spent = 0
  return (slice: Slice, ms?: number): void => {
    seen += slice.rows
    if (ms !== undefined) {
      read += slice.rows
      spent += ms + Math.min(MAX_PAUSE_MS, ms * PAUSE_SHARE)
    }
    const left = total - seen
    const rest = read > 0 && left > 0 ? `, about ${timeText((spent / read) * left)} left` : ''
    context.progress(
      `${rollup.spec.table.name}: ${seen.toLocaleString('en')} of ${total.toLocaleString('en')} events${rest}`,
    )
  }
}

const timeText = (ms: number): string =>
  ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`
