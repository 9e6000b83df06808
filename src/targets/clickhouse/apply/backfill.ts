import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyContext } from '../../live.js'
import { GENTLE, inTurn } from '../gently.js'
import { rollupSelect } from '../render.js'
import { id, qualified } from '../text.js'
import { isForgotten, newestBlock, SAME_BLOCKS } from './blocks.js'
import { carry } from './carry.js'
import { record, recorded } from './context.js'
import { cutoverAgain } from './cutover.js'
import { beyondKept, type LiveFill } from './fill.js'
import { inSlice, type Slice, slicesOf } from './slices.js'

/** After each slice live queries have the server for themselves for this share of the time that it took. */
const PAUSE_SHARE = 0.5
const MAX_PAUSE_MS = 2000
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
  const table = fill.rollup.spec.table.name
  if (await isForgotten(context, table, open)) {
    context.progress(`${table}: interrupted too long ago to go on, begins again`)
    const again = { ...fill, from: await cutoverAgain(context, fill) }
    return backfill(context, await carry(context, again))
  }
  const slices = await slicesOf(context, fill)
  const tell = progressOf(context, fill, slices)
  for (const slice of slices) {
    if (done.has(slice.from)) {
      tell(slice)
      continue
    }
    if (context.signal?.aborted) throw new Error('interrupted: apply again to go on from here')
    const started = performance.now()
    await inTurn(context.clickhouse, async () => {
      const ms = await fillSlice(context, fill, slice)
      if (slice !== slices.at(-1)) await sleep(Math.min(MAX_PAUSE_MS, ms * PAUSE_SHARE))
    })
    tell(slice, performance.now() - started)
  }
}

/** Returns how long it took, ms. */
async function fillSlice(context: ApplyContext, fill: LiveFill, slice: Slice): Promise<number> {
  const { clickhouse, database } = context
  const { spec } = fill.rollup
  const entry = { from: fill.from, slice: slice.from }
  const block = await newestBlock(context, spec.table.name)
  await record(context, 'filling', fill.view, { ...entry, block } satisfies Begun)
  const select = rollupSelect(spec, fill.states, [inSlice(slice, fill), ...beyondKept(spec, fill.keep)])
  const columns = [...spec.keys, ...fill.states].map(({ name }) => id(name)).join(', ')
  const started = performance.now()
  await clickhouse.command(
    `INSERT INTO ${qualified(database, spec.table.name)} (${columns}) ${select} ORDER BY ${spec.keys.map(key => id(key.name)).join(', ')}`,
    undefined,
    {
      settings: {
        ...SAME_BLOCKS,
        ...GENTLE,
        insert_deduplication_token: `fill/${fill.view}/${fill.from}/${slice.from}`,
      },
    },
  )
  const ms = Math.round(performance.now() - started)
  await record(context, 'filled', fill.view, { ...entry, rows: slice.rows, ms })
  return ms
}

/** Tells how far it is, and how long the rest will take at the speed so far, pauses and others' turns included. */
function progressOf(context: ApplyContext, { rollup }: LiveFill, slices: readonly Slice[]) {
  const total = slices.reduce((sum, { rows }) => sum + rows, 0)
  let seen = 0
  let read = 0
  let spent = 0
  return (slice: Slice, ms?: number): void => {
    seen += slice.rows
    if (ms !== undefined) {
      read += slice.rows
      spent += ms
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
