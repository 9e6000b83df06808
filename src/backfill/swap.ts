import type { RollupSpec, SelectItem } from '../model/resource.js'
import { record, recorded, serverNow } from '../targets/clickhouse/apply/context.js'
import { timestampOf } from '../targets/clickhouse/apply/fill.js'
import { between } from '../targets/clickhouse/apply/slices.js'
import { rollupSelect } from '../targets/clickhouse/render.js'
import { id, qualified, str } from '../targets/clickhouse/text.js'
import type { ApplyContext } from '../targets/live.js'
import { carveRollup, carveStaging, type Pause } from './carve.js'
import { insertsEnd, past } from './quiet.js'
import { partitionsOf, within } from './range.js'
import { type Staged, statesOf } from './staged.js'
import { dropStaging } from './staging.js'

// REPLACE PARTITION exchanges all of a partition at once: no reader sees it empty, or both versions. What it must not
// meet is an insert that has written to one of the two tables and not yet to the other. So for a pause [C, D) of arrival
// time, known to the views beforehand, none of them counts anything into these partitions; once every insert from before
// C has ended both tables stand still, and until D they are exchanged. What arrived within the pause is then added from
// raw: readers see it as events that come half a second late. The pause ends by the clock, whatever becomes of us.

/**
 * Time for the views to be told before the pause begins: so many times what telling them takes, as it may have to be
 * taken back. Doubled where an insert takes longer.
 */
const AHEAD_TIMES = 8
const AHEAD_MS = 1000
const LONGEST_AHEAD_MS = 120_000
/** How long the pause is; doubled where inserts before it take longer to end, or a partition to be exchanged. */
export const PAUSE_MS = 500
const LONGEST_PAUSE_MS = 16_000

const ONE_BLOCK = {
  max_threads: 1,
  max_insert_threads: 1,
  max_block_size: 10_000_000,
  max_partitions_per_insert_block: 0,
}

/** The tables may differ from raw since a step took longer than it may: the partitions have to be computed once more. */
export class SwapFailed extends Error {
  constructor(
    message: string,
    /** The first pause of the next attempt. */
    readonly pauseMs: number,
  ) {
    super(message)
  }
}

/** Exchanges the partitions, and leaves rollup and views as they were made. `pauseMs`: the first pause. Throws SwapFailed. */
export async function swap(context: ApplyContext, staged: Staged, from: number, pauseMs: number): Promise<void> {
  let left = partitionsOf(staged.key, staged.range)
  let patience = 1
  let length = pauseMs
  while (left.length > 0) {
    const ahead = Math.min(LONGEST_AHEAD_MS, patience * (await aheadOf(context, staged, from)))
    const pause = await begin(context, staged, from, ahead, length)
    if (pause === undefined) {
      patience *= 2
      continue
    }
    left = await exchange(context, staged, pause, left)
    await resume(context, staged, pause, from)
    length = Math.min(LONGEST_PAUSE_MS, length * 2)
  }
}

/** How long it takes to tell the views something, from telling them what they know. */
async function aheadOf(context: ApplyContext, staged: Staged, from: number): Promise<number> {
  const started = performance.now()
  await carveStaging(context, staged, from)
  await carveRollup(context, staged)
  return Math.max(AHEAD_MS, Math.ceil((performance.now() - started) * AHEAD_TIMES))
}

/** Tells the views of a pause. Undefined, with nothing changed, where inserts that know nothing of it ran too long. */
async function begin(
  context: ApplyContext,
  staged: Staged,
  from: number,
  ahead: number,
  length: number,
): Promise<Pause | undefined> {
  const { clickhouse, database } = context
  const start = (await serverNow(clickhouse)) + ahead
  const pause: Pause = { from: start, to: start + length }
  await record(context, 'pause', staged.rollup.spec.table.name, pause satisfies Pause)
  const started = performance.now()
  await carveStaging(context, staged, from, pause)
  await carveRollup(context, staged, pause)
  const back = pause.from - Math.max(100, 2 * (performance.now() - started))
  const told = await serverNow(clickhouse)
  // As long as it can be taken back; past that only the pause itself is the limit.
  if (await insertsEnd(clickhouse, database, told, told < back ? back : pause.from)) return pause
  await carveRollup(context, staged)
  await carveStaging(context, staged, from)
  if ((await serverNow(clickhouse)) >= pause.from) throw new SwapFailed('the views were told too late', length)
  await record(context, 'resumed', staged.rollup.spec.table.name, pause satisfies Pause)
  return undefined
}

/** Exchanges what it can within the pause; returns what is left. */
async function exchange<P extends { readonly id: string }>(
  { clickhouse, database }: ApplyContext,
  { rollup, fill }: Staged,
  pause: Pause,
  partitions: readonly P[],
): Promise<P[]> {
  const [table, staging] = [rollup.spec.table.name, fill.rollup.spec.table.name]
  // In its second half nothing is begun any more: what is begun must end within it.
  const deadline = (pause.from + pause.to) / 2
  await past(clickhouse, pause.from)
  if (!(await insertsEnd(clickhouse, database, pause.from, deadline))) return [...partitions]
  const held = await partitionsIn(clickhouse, database, [table, staging])
  for (const [at, { id: partition }] of partitions.entries()) {
    if ((await serverNow(clickhouse)) >= deadline) return partitions.slice(at)
    const alter = `ALTER TABLE ${qualified(database, table)}`
    if (held.has(`${staging}/${partition}`))
      await clickhouse.command(`${alter} REPLACE PARTITION ID ${str(partition)} FROM ${qualified(database, staging)}`)
    else if (held.has(`${table}/${partition}`)) await clickhouse.command(`${alter} DROP PARTITION ID ${str(partition)}`)
    if ((await serverNow(clickhouse)) >= pause.to)
      throw new SwapFailed('exchanging a partition took too long', (pause.to - pause.from) * 4)
  }
  return []
}

async function partitionsIn(
  clickhouse: ApplyContext['clickhouse'],
  database: string,
  tables: readonly string[],
): Promise<Set<string>> {
  const rows = await clickhouse.query<{ held: string }>(
    `SELECT DISTINCT concat(table, '/', partition_id) AS held FROM system.parts
     WHERE active AND rows > 0 AND database = {database:String} AND table IN {tables:Array(String)}`,
    { database, tables },
  )
  return new Set(rows.map(({ held }) => held))
}

/** After the pause: adds what arrived within it to both tables, and the views count everything again. */
async function resume(context: ApplyContext, staged: Staged, pause: Pause, from: number): Promise<void> {
  const { view, states, rollup } = staged.fill
  for (const own of staged.views)
    await heal(context, staged.rollup.spec, own.name, statesOf(staged, own), staged, pause)
  await heal(context, rollup.spec, view, states, staged, pause)
  await carveRollup(context, staged)
  await carveStaging(context, staged, from)
  await record(context, 'resumed', staged.rollup.spec.table.name, pause satisfies Pause)
}

/** Adds what a view left out once it is all in raw; under a token, so that it may run again. */
async function heal(
  { clickhouse, database }: ApplyContext,
  spec: RollupSpec,
  view: string,
  states: readonly SelectItem[],
  { rollup, range }: Staged,
  pause: Pause,
): Promise<void> {
  await past(clickhouse, pause.to)
  await insertsEnd(clickhouse, database, pause.to)
  const columns = [...spec.keys, ...states].map(column => id(column.name)).join(', ')
  const conditions = [between(pause.from, pause.to), within(timestampOf(rollup.spec), range)]
  const settings = { ...ONE_BLOCK, insert_deduplication_token: `pause/${view}/${pause.from}-${pause.to}` }
  await clickhouse.command(
    `INSERT INTO ${qualified(database, spec.table.name)} (${columns}) ${rollupSelect(spec, states, conditions)}`,
    undefined,
    { settings },
  )
}

/** A pause that a run before this one began and did not end. */
export async function openPause(context: ApplyContext, rollup: string): Promise<Pause | undefined> {
  const [begun, ended] = await Promise.all([
    recorded<Pause>(context, 'pause', rollup),
    recorded<Pause>(context, 'resumed', rollup),
  ])
  return begun.find(({ from }) => !ended.some(other => other.from === from))
}

/**
 * Ends such a pause: views that left it out get it added, and count everything again. The table beside goes, as nobody
 * knows what its own view has left out.
 */
export async function endPause(context: ApplyContext, staged: Staged, pause: Pause): Promise<void> {
  for (const view of staged.views.filter(({ select }) => select.includes(String(pause.from))))
    await heal(context, staged.rollup.spec, view.name, statesOf(staged, view), staged, pause)
  await carveRollup(context, staged)
  await dropStaging(context, staged)
  await record(context, 'resumed', staged.rollup.spec.table.name, pause satisfies Pause)
}
