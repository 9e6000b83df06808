import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyContext } from '../../live.js'

/** Runs an ALTER and waits until it has gone through all parts, however long that takes: no answer comes meanwhile. */
export async function mutate({ clickhouse, database }: ApplyContext, sql: string): Promise<void> {
  await clickhouse.command(sql, undefined, { settings: { mutations_sync: 0, alter_sync: 1 } })
  const table = /^ALTER TABLE `[^`]+`\.`([^`]+)`/.exec(sql)![1]!
  for (let pause = 5; ; pause = Math.min(500, pause * 2)) {
    const [row] = await clickhouse.query<{ open: string; failed: string }>(
      `SELECT countIf(is_done = 0) AS open, anyIf(latest_fail_reason, is_done = 0 AND latest_fail_reason != '') AS failed
       FROM system.mutations WHERE database = {database:String} AND table = {table:String}`,
      { database, table },
    )
    if (row!.failed !== '') throw new Error(`${table}: ${row!.failed}`)
    if (Number(row!.open) === 0) return
    await sleep(pause)
  }
}
