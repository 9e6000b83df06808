import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import { liveNodes } from '../service/redis/nodes.js'
import { observe } from '../targets/service/live.js'
import { VerifyError } from './errors.js'
import type { FrontDoors } from './frontDoors.js'

/** Each node of the service looks for a new configuration twice a second, and says with Redis once a second which it has. */
const PATIENCE_MS = 10_000
const LOOK_MS = 100

/**
 * Waits until the service runs what was applied last: right after an apply it may not yet. One that does not within ten
 * seconds is measured as it is, which the check of its configuration tells. Answers the hash of what was applied; throws
 * VerifyError when nothing was.
 */
export async function untilInForce(
  clickhouse: ClickHouse,
  database: string,
  doors: FrontDoors,
  signal: AbortSignal,
): Promise<string> {
  const applied = await observe(clickhouse, database)
  if (applied === undefined) throw new VerifyError('not-applied', 'nothing was applied yet', 'rtdash apply')
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(LOOK_MS, undefined, { signal })) {
    const nodes = doors.redis === undefined ? [] : await liveNodes(doors.redis, doors.project)
    if ([await doors.status(), ...nodes].every(({ config }) => config === applied)) break
  }
  return applied
}
