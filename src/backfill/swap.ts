import { setTimeout as sleep } from 'node:timers/promises'
import { serverNow } from '../targets/clickhouse/apply/context.js'
import { hold } from '../targets/clickhouse/apply/hold.js'
import { qualified, str } from '../targets/clickhouse/text.js'
import type { ApplyContext } from '../targets/live.js'
import { partitionsOf } from './range.js'
import type { Staged } from './staged.js'

// REPLACE PARTITION exchanges all of a partition at once: no reader sees it empty, or both versions. What it must not
// meet is an insert that has written to one of the two tables and not yet to the other: nothing is stored meanwhile.

/** Partitions are exchanged for so long, ms, then events are let in again for as long as the pause is. */
const TURN_MS = 150
const PAUSE_MS = 300

/** The tables may differ from raw, since events were let in while a partition was being exchanged: compute it once more. */
export class SwapFailed extends Error {
  constructor(
    /** For how long the next attempt holds events back, ms. */
    readonly holdMs: number,
  ) {
    super('exchanging a partition took too long')
  }
}

/** Exchanges the partitions; may be run again while the table beside is being fed. Throws SwapFailed. */
export async function swap(context: ApplyContext, staged: Staged, holdMs: number): Promise<void> {
  const { source } = staged.rollup.spec
  for (let left = partitionsOf(staged.key, staged.range); left.length > 0; ) {
    left = await hold(context, source.table, until => exchange(context, staged, left, until, holdMs), holdMs)
    if (left.length > 0) await sleep(PAUSE_MS)
  }
}

/** Exchanges what it can in one turn, one partition at least; returns what is left. */
async function exchange<P extends { readonly id: string }>(
  { clickhouse, database }: ApplyContext,
  { rollup, fill }: Staged,
  partitions: readonly P[],
  until: number,
  holdMs: number,
): Promise<P[]> {
  const [table, staging] = [rollup.spec.table.name, fill.rollup.spec.table.name]
  const held = await partitionsIn(clickhouse, database, [table, staging])
  const started = performance.now()
  for (const [at, { id: partition }] of partitions.entries()) {
    if (performance.now() - started > TURN_MS) return partitions.slice(at)
    const alter = `ALTER TABLE ${qualified(database, table)}`
    if (held.has(`${staging}/${partition}`))
      await clickhouse.command(`${alter} REPLACE PARTITION ID ${str(partition)} FROM ${qualified(database, staging)}`)
    else if (held.has(`${table}/${partition}`)) await clickhouse.command(`${alter} DROP PARTITION ID ${str(partition)}`)
    else continue
    if ((await serverNow(clickhouse)) >= until) throw new SwapFailed(holdMs * 4)
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
