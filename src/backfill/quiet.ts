import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import { serverNow } from '../targets/clickhouse/apply/context.js'
import { str } from '../targets/clickhouse/text.js'

/** Waits until the server's clock is past an instant. */
export async function past(clickhouse: ClickHouse, instant: number): Promise<void> {
  for (;;) {
    const left = instant - (await serverNow(clickhouse))
    if (left < 0) return
    await sleep(Math.min(500, left + 1))
  }
}

/**
 * Waits until every insert into the project that began by `until` has ended; false when the server's clock reaches
 * `deadline` before.
 */
export async function insertsEnd(
  clickhouse: ClickHouse,
  database: string,
  until: number,
  deadline = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const sql = `SELECT toUnixTimestamp64Milli(now64(3)) AS now, (SELECT count() FROM system.processes
    WHERE query_kind IN ('Insert', 'AsyncInsertFlush')
      AND (current_database = ${str(database)} OR position(query, ${str(database)}) > 0)
      AND toUnixTimestamp64Milli(now64(3)) - toInt64(elapsed * 1000) <= ${until} + 50) AS n`
  for (;;) {
    const [row] = await clickhouse.query<{ now: string; n: string }>(sql)
    if (Number(row!.now) >= deadline) return false
    if (Number(row!.n) === 0) return true
    await sleep(10)
  }
}
