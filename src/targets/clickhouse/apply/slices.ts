import { rawColumns } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { GENTLE, inTurn } from '../gently.js'
import { arrivedBefore, arrivedFrom, rollupSelect } from '../render.js'
import { qualified } from '../text.js'
import { record, recorded } from './context.js'
import { type LiveFill, timestampOf } from './fill.js'

/** A part of raw that one statement of a fill reads: arrivals in `[from, to)`, epoch ms, all of one day. */
export interface Slice {
  readonly from: number
  readonly to: number
  readonly rows: number
  /** First and last of its event times, epoch ms: raw is sorted by them, and need not be read as a whole for each slice. */
  readonly events?: readonly [first: number, last: number]
}

/** What one statement may take, ms: then live queries have the server for themselves. */
const SLICE_MS = 100
/** Rows of a slice whatever its speed. */
const LEAST_ROWS = 50_000
const MOST_ROWS = 500_000
const DAY_MS = 86_400_000
/** Arrivals are counted by the second: what comes within one stays together. */
const UNIT_MS = 1000

/** Older lines of the ledger have no event times. */
type Stored = readonly [from: number, to: number, rows: number, ...events: number[]]
interface Cut {
  readonly from: number
  readonly slices: readonly Stored[]
}

/**
 * How a fill is cut up, decided once and kept in the ledger: after an interruption each slice is the one that it was,
 * and its token stands for the same rows.
 */
export async function slicesOf(context: ApplyContext, fill: LiveFill): Promise<Slice[]> {
  const known = (await recorded<Cut>(context, 'slices', fill.view)).find(cut => cut.from === fill.from)
  if (known) return known.slices.map(toSlice)
  const pieces = await piecesOf(context, fill)
  const cut = joined(pieces, await rowsOf(context, fill, pieces))
  const slices = cut.map(({ from, to, rows, events = [] }): Stored => [from, to, rows, ...events])
  await record(context, 'slices', fill.view, { from: fill.from, slices } satisfies Cut)
  return cut
}

const toSlice = ([from, to, rows, first, last]: Stored): Slice => ({
  from,
  to,
  rows,
  ...(first !== undefined && last !== undefined && { events: [first, last] as const }),
})

/** Raw in parts of the least size, or as near to it as arrivals allow. A statement for each day: none takes long. */
async function piecesOf(context: ApplyContext, fill: LiveFill): Promise<Slice[]> {
  const { source } = fill.rollup.spec
  const [span] = await context.clickhouse.query<{ first: string; last: string }>(
    `SELECT toUnixTimestamp64Milli(min(${rawColumns.ingestedAt})) AS first, toUnixTimestamp64Milli(max(${rawColumns.ingestedAt})) AS last FROM ${qualified(source.database, source.table)}`,
  )
  const last = Math.min(Number(span!.last), fill.from - 1)
  const pieces: Slice[] = []
  for (let day = Math.floor(Number(span!.first) / DAY_MS) * DAY_MS; day <= last; day += DAY_MS)
    pieces.push(...(await piecesOfDay(context, fill, day)))
  return pieces
}

async function piecesOfDay({ clickhouse }: ApplyContext, { rollup, from }: LiveFill, day: number): Promise<Slice[]> {
  const { source } = rollup.spec
  const event = timestampOf(rollup.spec)
  const ms = (time: string): string => `toUnixTimestamp64Milli(toDateTime64(${time}, 3, 'UTC'))`
  const arrivals = arrivedWithin(day, Math.min(day + DAY_MS, from))
  const rows = await inTurn(clickhouse, () =>
    clickhouse.query<Record<'start' | 'end' | 'rows' | 'first' | 'last', string>>(
      `SELECT min(at) AS start, max(at) + 1 AS end, sum(n) AS rows, ${ms('min(a)')} AS first, ${ms('max(b)')} AS last
       FROM (
         SELECT at, n, a, b, intDiv(sum(n) OVER (ORDER BY at) - n, ${LEAST_ROWS}) AS piece
         FROM (
           SELECT toUInt32(${rawColumns.ingestedAt}) AS at, count() AS n, min(${event}) AS a, max(${event}) AS b
           FROM ${qualified(source.database, source.table)} WHERE ${arrivals} GROUP BY at
         )
       )
       GROUP BY piece ORDER BY start`,
      undefined,
      { settings: GENTLE },
    ),
  )
  return rows.map(row => ({
    from: Number(row.start) * UNIT_MS,
    to: Math.min(Number(row.end) * UNIT_MS, from),
    rows: Number(row.rows),
    events: [Number(row.first), Number(row.last)],
  }))
}

/** Rows that the fill's own statement takes its time for, as the newest piece goes. */
async function rowsOf({ clickhouse }: ApplyContext, fill: LiveFill, pieces: readonly Slice[]): Promise<number> {
  const newest = pieces.at(-1)
  if (!newest || pieces.length === 1) return MOST_ROWS
  const sample = pieces.findLast(({ rows }) => rows >= LEAST_ROWS) ?? newest
  const ms = await inTurn(clickhouse, async () => {
    const started = performance.now()
    await clickhouse.command(
      `${rollupSelect(fill.rollup.spec, fill.states, [inSlice(sample, fill)])} FORMAT Null`,
      undefined,
      { settings: GENTLE },
    )
    return performance.now() - started
  })
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, (SLICE_MS * sample.rows) / ms))
}

/** Neighbours of one day together, up to so many rows. */
function joined(slices: readonly Slice[], limit: number): Slice[] {
  const out: Slice[] = []
  for (const slice of slices) {
    const last = out.at(-1)
    const sameDay = last !== undefined && Math.floor(last.from / DAY_MS) === Math.floor(slice.from / DAY_MS)
    if (sameDay && last.rows + slice.rows <= limit)
      out[out.length - 1] = {
        from: last.from,
        to: slice.to,
        rows: last.rows + slice.rows,
        events: [Math.min(last.events![0], slice.events![0]), Math.max(last.events![1], slice.events![1])],
      }
    else out.push(slice)
  }
  return out
}

/** The condition on a row of raw that it belongs to the slice. */
export function inSlice({ from, to, events }: Slice, { rollup }: LiveFill): string {
  const arrived = arrivedWithin(from, to)
  if (!events) return `(${arrived})`
  const event = timestampOf(rollup.spec)
  // Event times may be finer than ms.
  return `(${arrived} AND ${event} >= ${instant(events[0] - 1)} AND ${event} <= ${instant(events[1] + 1)})`
}

const arrivedWithin = (from: number, to: number): string => `${arrivedFrom(from)} AND ${arrivedBefore(to)}`
const instant = (ms: number): string => `fromUnixTimestamp64Milli(${ms}, 'UTC')`
