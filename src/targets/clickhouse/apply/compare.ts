import { setTimeout as sleep } from 'node:timers/promises'
import { rawColumns } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { GENTLE, inTurn } from '../gently.js'
import { rollupSelect } from '../render.js'
import { isEmpty, mergedSql } from '../states.js'
import { id, qualified } from '../text.js'
import { record, recorded } from './context.js'
import { bucketMsOf, type LiveFill, timestampOf } from './fill.js'

/** Raw rows up to which the whole table is compared; beyond, about so many before the cut-over. */
const COMPARED_ROWS = 2_000_000
const HOUR_MS = 3_600_000
/** Lengths of what is compared as one, ms: from hours down, since late events keep changing the long ones. */
const LENGTHS_MS = [HOUR_MS, 60_000, 1000] as const
/** An insert between the two reads makes them differ: looked at again so often before it is called a fault. */
const ATTEMPTS = 40

/** Half-open, epoch ms. */
interface Range {
  readonly from: number
  readonly to: number
}

/**
 * Compares filled states with the same states computed from raw, until every part of time has been seen equal once,
 * then notes that the view is filled. Throws where they differ.
 */
export async function compare(context: ApplyContext, fill: LiveFill): Promise<void> {
  const { rollup, view, states, from } = fill
  const { database } = context
  const oldest = await comparable(context, fill)
  let left: Range[] = [{ from: oldest, to: Number.MAX_SAFE_INTEGER }]
  let difference = ''
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    if (attempt >= LENGTHS_MS.length) await sleep(25 * (1 + (attempt % 7)))
    const length = LENGTHS_MS[Math.min(attempt, LENGTHS_MS.length - 1)]!
    const [stored, computed] = await inTurn(context.clickhouse, () =>
      Promise.all([
        read(context, fill, qualified(database, rollup.spec.table.name), left, length),
        read(context, fill, `(${rollupSelect(rollup.spec, states, [eventsIn(fill, left)])})`, left, length),
      ]),
    )
    const differing = [...new Set([...stored.keys(), ...computed.keys()])].filter(
      at => !equal(stored.get(at), computed.get(at)),
    )
    left = differing.sort((a, b) => a - b).map(at => ({ from: Math.max(at, oldest), to: at + length }))
    const [first] = differing
    if (first !== undefined) difference = describe(first, stored.get(first), computed.get(first))
  }
  if (left.length > 0)
    throw new Error(
      `${rollup.spec.table.name} differs from ${rollup.spec.source.table} after its fill (${difference}); nothing reads it yet: run apply again`,
    )
  await record(context, 'compared', view, { from })
}

/** Since when rollup and raw hold the same, epoch ms: neither has lost it to its retention, and it is not too much. */
async function comparable(context: ApplyContext, { rollup, view, from, keep = 0 }: LiveFill): Promise<number> {
  const { clickhouse } = context
  const { source, table } = rollup.spec
  const [raw] = await clickhouse.query<{ n: string; oldest: string }>(
    `SELECT count() AS n, toUnixTimestamp64Milli(min(${rawColumns.ingestedAt})) AS oldest FROM ${qualified(source.database, source.table)}`,
  )
  const cuts = await recorded<{ from: number; slices: [number, number, number][] }>(context, 'slices', view)
  const slices = cuts.find(cut => cut.from === from)?.slices ?? []
  // Raw has let go of what the fill still read.
  const lost = slices[0] !== undefined && Number(raw!.oldest) >= slices[0][1] ? Number(raw!.oldest) + HOUR_MS : 0
  const expired = table.ttl === undefined ? 0 : from - table.ttl.seconds * 1000 + HOUR_MS
  let recent = 0
  for (let rows = 0, i = slices.length - 1; Number(raw!.n) > COMPARED_ROWS && i >= 0 && rows < COMPARED_ROWS / 4; i--) {
    recent = slices[i]![0]
    rows += slices[i]![2]
  }
  const bucket = bucketMsOf(rollup.spec)
  const bucketed = (at: number): number => Math.ceil(at / bucket) * bucket
  return Math.max(keep, bucketed(lost), bucketed(expired), Math.min(bucketed(recent), from))
}

type Merged = Record<string, string>

/** The merged states of each stretch of `length` ms, by its start. */
async function read(
  { clickhouse }: ApplyContext,
  { states }: LiveFill,
  rows: string,
  ranges: readonly Range[],
  length: number,
): Promise<Map<number, Merged>> {
  const merged = states.map(({ name }) => `toString(${mergedSql(name)}) AS ${id(`m_${name}`)}`)
  const at = `intDiv(toUnixTimestamp64Milli(bucket), ${length}) * ${length}`
  const found = await clickhouse.query<Merged & { at: string }>(
    `SELECT ${[`${at} AS at`, ...merged].join(', ')} FROM ${rows} WHERE ${inRanges('bucket', ranges)} GROUP BY at`,
    undefined,
    { settings: GENTLE },
  )
  return new Map(found.map(({ at: start, ...values }) => [Number(start), values]))
}

/** The condition on an event that its bucket may begin in one of the ranges: spares reading the rest of raw. */
const eventsIn = ({ rollup: { spec } }: LiveFill, ranges: readonly Range[]): string =>
  inRanges(
    timestampOf(spec),
    ranges.map(({ from, to }) => ({ from, to: to === Number.MAX_SAFE_INTEGER ? to : to + bucketMsOf(spec) })),
  )

/** Up to so many stretches are named one by one; more as the time that spans them. */
const NAMED = 50

function inRanges(column: string, ranges: readonly Range[]): string {
  const instant = (ms: number): string => `fromUnixTimestamp64Milli(${ms}, 'UTC')`
  const list = ranges.length <= NAMED ? ranges : [{ from: ranges[0]!.from, to: ranges.at(-1)!.to }]
  const conditions = list.map(({ from, to }) =>
    to === Number.MAX_SAFE_INTEGER
      ? `${column} >= ${instant(from)}`
      : `(${column} >= ${instant(from)} AND ${column} < ${instant(to)})`,
  )
  return `(${conditions.join(' OR ')})`
}

/** A stretch without a row is one of empty states: both sides say so in their own way. */
function equal(stored: Merged | undefined, computed: Merged | undefined): boolean {
  if (computed === undefined) return stored === undefined || Object.values(stored).every(isEmpty)
  return stored !== undefined && Object.keys(computed).every(name => same(stored[name]!, computed[name]!))
}

/** Equal, but for the order in which doubles were added. */
const same = (a: string, b: string): boolean =>
  a === b || Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.max(Math.abs(Number(a)), Math.abs(Number(b)))

const describe = (at: number, stored: Merged | undefined, computed: Merged | undefined): string =>
  Object.keys(computed ?? stored ?? {})
    .filter(name => !same(stored?.[name] ?? '', computed?.[name] ?? ''))
    .map(
      name =>
        `${name.slice(2)} at ${new Date(at).toISOString()}: stored ${stored?.[name]}, from raw ${computed?.[name]}`,
    )
    .join('; ')
