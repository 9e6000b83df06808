import type { ResourceOf } from '../model/resource.js'
import { bucketMsOf, timestampOf } from '../targets/clickhouse/apply/fill.js'
import { HOLD_MS } from '../targets/clickhouse/apply/hold.js'
import { diffRollup } from '../targets/clickhouse/diff/rollup.js'
import { type LiveTable, observe } from '../targets/clickhouse/observe.js'
import { qualified } from '../targets/clickhouse/text.js'
import type { ApplyContext } from '../targets/live.js'
import { BackfillRefused } from './errors.js'
import { isPartitionKey, type PartitionKey, partitionAt, type Range } from './range.js'
import { type Staged, stagedOf } from './staged.js'
import { dropStaging, fillStaging } from './staging.js'
import { SwapFailed, swap } from './swap.js'

/** What was computed again: whole partitions of a rollup, from the bucket on that raw still reaches. */
export interface RollupResult {
  readonly rollup: string
  /** Epoch ms. */
  readonly from: number
  readonly to: number
  /** Events that were read. */
  readonly events: number
}

const ATTEMPTS = 4
/** An event may be stamped later than it arrives, by so much. */
const AHEAD_MS = 600_000

/**
 * Computes the partitions of a rollup that a range touches again from raw, while events go on coming, and exchanges them
 * each at once. May be interrupted anywhere, and run again.
 */
export async function backfillRollup(
  context: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  wanted: Range,
  acceptOlderMs: number | null,
  guard: () => Promise<void> = async () => {},
): Promise<RollupResult> {
  const { table } = rollup.spec
  let holdMs = HOLD_MS
  for (let attempt = 1; ; attempt++) {
    const staged = await stage(context, rollup, wanted, acceptOlderMs)
    try {
      await fillStaging(context, staged)
      context.progress(`${table.name}: exchanging partitions`)
      await guard()
      await swap(context, staged, holdMs)
      await dropStaging(context, staged)
      return {
        rollup: table.name,
        from: Math.max(staged.range.from, staged.fill.keep ?? 0),
        to: staged.range.to,
        events: await eventsOf(context, staged),
      }
    } catch (error) {
      if (!(error instanceof SwapFailed) || attempt === ATTEMPTS) throw error
      context.progress(`${table.name}: ${error.message}; computing it once more`)
      holdMs = error.holdMs
      await dropStaging(context, staged)
    }
  }
}

async function stage(
  context: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  wanted: Range,
  acceptOlderMs: number | null,
): Promise<Staged> {
  const { spec } = rollup
  const observed = await observe(context.clickhouse, context.database, [rollup])
  const { tables } = observed
  const live = tables.get(spec.table.name)
  if (live === undefined)
    throw new BackfillRefused(`there is no rollup ${spec.table.name} yet`, 'rtdash apply makes it')
  refuseStrangers(rollup, live)
  const { change } = diffRollup(rollup, observed)
  if (change !== undefined)
    throw new BackfillRefused(`${spec.table.name} is not as the file says: ${change.reason}`, 'rtdash apply first')
  const key = await partitionKeyOf(context, spec.table.name)
  const range = { from: partitionAt(key, wanted.from).from, to: partitionAt(key, wanted.to - 1).to }
  const keep = await reachOf(context, rollup, acceptOlderMs)
  if (keep !== undefined && wanted.to <= keep)
    throw new BackfillRefused(
      `${spec.table.name}: raw reaches back to ${new Date(keep).toISOString()} only`,
      'what is older cannot be computed again; --from-topic gets it where the topic still has it',
    )
  return stagedOf(rollup, key, range, keep)
}

/** Columns that nobody asks for any more would be lost in the exchange. */
function refuseStrangers({ spec }: ResourceOf<'clickhouse.rollup'>, live: LiveTable): void {
  const known = new Set([...spec.keys, ...spec.states].map(({ name }) => name))
  const others = live.columns.map(({ name }) => name).filter(name => !known.has(name))
  if (others.length > 0)
    throw new BackfillRefused(
      `${spec.table.name} holds states that no metric reads: ${others.join(', ')}`,
      'they cannot be computed again; drop them first (rtdash plan names them as unused)',
    )
}

async function partitionKeyOf({ clickhouse, database }: ApplyContext, table: string): Promise<PartitionKey> {
  const [row] = await clickhouse.query<{ key: string }>(
    'SELECT partition_key AS key FROM system.tables WHERE database = {database:String} AND name = {table:String}',
    { database, table },
  )
  if (row !== undefined && isPartitionKey(row.key)) return row.key
  throw new BackfillRefused(`${table} is partitioned in a way of its own: ${row?.key}`, 'apply made it otherwise')
}

/** The first bucket that raw surely still has all events of; undefined where the rollup holds nothing that raw does not. */
async function reachOf(
  { clickhouse }: ApplyContext,
  { spec }: ResourceOf<'clickhouse.rollup'>,
  acceptOlderMs: number | null,
): Promise<number | undefined> {
  const bucketMs = bucketMsOf(spec)
  const raw = qualified(spec.source.database, spec.source.table)
  const [[first], [oldest]] = await Promise.all([
    clickhouse.query<{ n: string; arrival: string; event: string }>(
      `SELECT count() AS n, toUnixTimestamp64Milli(min(ingested_at)) AS arrival,
       toUnixTimestamp64Milli(toDateTime64(min(${timestampOf(spec)}), 3, 'UTC')) AS event FROM ${raw}`,
    ),
    clickhouse.query<{ n: string; bucket: string }>(
      `SELECT count() AS n, toUnixTimestamp64Milli(min(bucket)) AS bucket FROM ${qualified(spec.table.database, spec.table.name)}`,
    ),
  ])
  if (oldest!.n === '0' || (first!.n !== '0' && Number(oldest!.bucket) + bucketMs > Number(first!.event)))
    return undefined
  if (first!.n === '0')
    throw new BackfillRefused(`${spec.source.table} is empty`, 'there is nothing to compute the rollup from')
  const since = Number(first!.arrival)
  if (acceptOlderMs === null || Date.now() - since < acceptOlderMs)
    throw new BackfillRefused(
      `${spec.table.name} holds buckets from before raw's first event, and the source still accepts events for them`,
      'shorten `accept.older` to less than what raw keeps',
    )
  return Math.ceil((since + AHEAD_MS) / bucketMs) * bucketMs
}

async function eventsOf({ clickhouse }: ApplyContext, { fill, range }: Staged): Promise<number> {
  const { source, where } = fill.rollup.spec
  const from =
    fill.keep !== undefined && fill.keep > range.from
      ? ` AND ${timestampOf(fill.rollup.spec)} >= fromUnixTimestamp64Milli(${fill.keep}, 'UTC')`
      : ''
  const [row] = await clickhouse.query<{ n: string }>(
    `SELECT count() AS n FROM ${qualified(source.database, source.table)} WHERE ${where}${from}`,
  )
  return Number(row!.n)
}
