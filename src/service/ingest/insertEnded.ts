import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'

const LOOK_MS = 100

/** Resolves when no INSERT under this token is running any more. Throws the signal's reason once aborted. */
export async function insertEnded(clickhouse: ClickHouse, token: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const running = await clickhouse.query(
      `SELECT 1 FROM system.processes WHERE Settings['insert_deduplication_token'] = {token:String}`,
      { token },
    )
    if (running.length === 0) return
    await sleep(LOOK_MS, undefined, { signal })
  }
}
