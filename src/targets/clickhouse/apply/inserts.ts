import { setTimeout as sleep } from 'node:timers/promises'
import type { ApplyContext } from '../../live.js'
import { str } from '../text.js'
import { serverNow } from './context.js'

/** An insert that runs for longer is told about. */
const SLOW_MS = 5000
const LOOK_MS = 10

/**
 * Waits until every insert into the project that began by `until` has ended; false when the server's clock reaches
 * `deadline` before (both epoch ms).
 */
export async function insertsDone(
  { clickhouse, database, progress }: Pick<ApplyContext, 'clickhouse' | 'database' | 'progress'>,
  until: number,
  deadline = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const running = `SELECT toUnixTimestamp64Milli(now64(3)) AS now, (SELECT count() FROM system.processes WHERE query_kind IN ('Insert', 'AsyncInsertFlush') AND (current_database = ${str(database)} OR position(query, ${str(database)}) > 0) AND toUnixTimestamp64Milli(now64(3)) - toInt64(elapsed * 1000) <= ${until} + 50) AS n`
  for (const started = Date.now(); ; ) {
    const [row] = await clickhouse.query<{ now: string; n: string }>(running)
    if (Number(row!.now) >= deadline) return false
    if (Number(row!.n) === 0) return true
    if (Date.now() - started > SLOW_MS) progress(`waiting for ${row!.n} inserts that are still being stored`)
    await sleep(LOOK_MS)
  }
}

/** Waits until the server's clock is past an instant, epoch ms. */
export async function past(context: Pick<ApplyContext, 'clickhouse'>, instant: number): Promise<void> {
  for (;;) {
    const left = instant - (await serverNow(context.clickhouse))
    if (left < 0) return
    await sleep(Math.min(500, left + 1))
  }
}
