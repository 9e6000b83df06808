import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseError } from '../../../clients/clickhouse.js'
import type { ApplyContext } from '../../live.js'
import { qualified, str } from '../text.js'

/** What an ALTER says while an earlier change of the same table is not through. */
const BUSY = /affected by mutation|not finished|Metadata on replica is not up to date/
/** A part was written with a column while the table lost it: no mutation of it works until it is written anew. */
const LOST_COLUMN = /Unknown expression identifier|UNKNOWN_IDENTIFIER|NOT_FOUND_COLUMN_IN_BLOCK/
const ATTEMPTS = 5

/** Runs an ALTER and waits until it has gone through all parts, however long that takes: no answer comes meanwhile. */
export async function mutate(context: ApplyContext, sql: string): Promise<void> {
  const { clickhouse } = context
  const table = /^ALTER TABLE `[^`]+`\.`([^`]+)`/.exec(sql)![1]!
  for (let attempt = 1; ; attempt++) {
    const busy = await clickhouse.command(sql, undefined, { settings: { mutations_sync: 0, alter_sync: 1 } }).then(
      () => false,
      error => {
        if (
          attempt < ATTEMPTS &&
          error instanceof ClickHouseError &&
          (BUSY.test(error.message) || LOST_COLUMN.test(error.message))
        )
          return true
        throw error
      },
    )
    const failed = await done(context, table)
    if (failed === undefined && !busy) return
    if (failed === undefined) continue
    if (attempt === ATTEMPTS || !LOST_COLUMN.test(failed)) throw new Error(`${table}: ${failed}`)
    await rewriteLost(context, table)
  }
}

/** Waits for all mutations of the table; returns why one cannot be done. */
async function done({ clickhouse, database }: ApplyContext, table: string): Promise<string | undefined> {
  for (let pause = 5; ; pause = Math.min(500, pause * 2)) {
    const [row] = await clickhouse.query<{ open: string; failed: string }>(
      `SELECT countIf(is_done = 0) AS open, anyIf(latest_fail_reason, is_done = 0 AND latest_fail_reason != '') AS failed
       FROM system.mutations WHERE database = {database:String} AND table = {table:String}`,
      { database, table },
    )
    if (row!.failed !== '') return row!.failed
    if (Number(row!.open) === 0) return undefined
    await sleep(pause)
  }
}

/** Gives up what cannot be done, and merges the parts that hold columns which the table has lost: small ones, just written. */
async function rewriteLost({ clickhouse, database }: ApplyContext, table: string): Promise<void> {
  const at = `database = ${str(database)} AND table = ${str(table)}`
  await clickhouse.command(`KILL MUTATION WHERE ${at} AND latest_fail_reason != '' SYNC`)
  const partitions = await clickhouse.query<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts_columns WHERE ${at} AND active AND column NOT IN (SELECT name FROM system.columns WHERE ${at})`,
  )
  for (const { id } of partitions)
    await clickhouse.command(`OPTIMIZE TABLE ${qualified(database, table)} PARTITION ID ${str(id)} FINAL`)
}
