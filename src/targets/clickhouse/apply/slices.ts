import { rawColumns } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { arrivedBefore } from '../render.js'
import { qualified } from '../text.js'
import { record, recorded } from './context.js'
import type { LiveFill } from './fill.js'

/** A part of raw that one statement of a fill reads: arrivals in `[from, to)`, epoch ms, all of one day. */
export interface Slice {
  readonly from: number
  readonly to: number
  readonly rows: number
}

/** Rows that one statement reads: some tenths of a second, so that progress shows and live queries get their turn. */
const SLICE_ROWS = 500_000
const DAY_MS = 86_400_000
const UNITS_MS = [3_600_000, 60_000, 1000] as const

interface Cut {
  readonly from: number
  readonly slices: readonly (readonly [from: number, to: number, rows: number])[]
}

/**
 * How a fill is cut up, decided once and kept in the ledger: after an interruption each slice is the one that it was,
 * and its token stands for the same rows.
 */
export async function slicesOf(context: ApplyContext, fill: LiveFill, rows = SLICE_ROWS): Promise<Slice[]> {
  const known = (await recorded<Cut>(context, 'slices', fill.view)).find(cut => cut.from === fill.from)
  if (known) return known.slices.map(([from, to, n]) => ({ from, to, rows: n }))
  const cut = await cutUp(context, fill, rows)
  const slices = cut.map(slice => [slice.from, slice.to, slice.rows] as const)
  await record(context, 'slices', fill.view, { from: fill.from, slices } satisfies Cut)
  return cut
}

/** By hours of arrival; an hour that holds too much by minutes, and a minute by seconds. */
async function cutUp(context: ApplyContext, { rollup, from }: LiveFill, limit: number): Promise<Slice[]> {
  const { source } = rollup.spec
  const arrival = `toUnixTimestamp64Milli(${rawColumns.ingestedAt})`
  const within = async (conditions: readonly string[], unit: number): Promise<Slice[]> => {
    const rows = await context.clickhouse.query<{ at: string; n: string }>(
      `SELECT intDiv(${arrival}, ${unit}) * ${unit} AS at, count() AS n FROM ${qualified(source.database, source.table)} WHERE ${conditions.join(' AND ')} GROUP BY at ORDER BY at`,
    )
    return rows.map(({ at, n }) => ({ from: Number(at), to: Number(at) + unit, rows: Number(n) }))
  }
  let slices: Slice[] = []
  for (const unit of UNITS_MS) {
    const large = slices.filter(slice => slice.rows > 2 * limit)
    if (unit !== UNITS_MS[0] && large.length === 0) break
    const ranges = large.map(slice => between(slice.from, slice.to)).join(' OR ')
    const finer = await within([arrivedBefore(from), ...(ranges ? [`(${ranges})`] : [])], unit)
    slices = [...slices.filter(slice => slice.rows <= 2 * limit), ...finer].sort((a, b) => a.from - b.from)
  }
  return joined(slices, limit).map(slice => ({ ...slice, to: Math.min(slice.to, from) }))
}

/** Neighbours of one day together, up to so many rows. */
function joined(slices: readonly Slice[], limit: number): Slice[] {
  const out: Slice[] = []
  for (const slice of slices) {
    const last = out.at(-1)
    const sameDay = last !== undefined && Math.floor(last.from / DAY_MS) === Math.floor(slice.from / DAY_MS)
    if (sameDay && last.rows + slice.rows <= limit)
      out[out.length - 1] = { from: last.from, to: slice.to, rows: last.rows + slice.rows }
    else out.push(slice)
  }
  return out
}

/** The condition on a row of raw that it arrived in `[from, to)`. */
export const between = (from: number, to: number): string =>
  `(${rawColumns.ingestedAt} >= fromUnixTimestamp64Milli(${from}, 'UTC') AND ${arrivedBefore(to)})`
