import { names } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { inTurn } from '../gently.js'
import { id, qualified } from '../text.js'
import { serverNow } from './context.js'
import { insertsDone } from './inserts.js'

/** How long raw takes nothing in at most; doubled each time that inserts under way take longer to end. */
export const HOLD_MS = 2000
const LONGEST_MS = 60_000

/**
 * Runs `work` while no event is being stored: raw refuses inserts meanwhile, before anything of them is written, and
 * front doors and loaders send them again 20 ms later. So there is an instant at which raw and all that its views write
 * agree, and at which views may change. The refusal ends by the server's clock, whatever becomes of us: `work` is given
 * that instant (epoch ms) and has half of the time for itself.
 */
export const hold = <T>(
  context: ApplyContext,
  raw: string,
  work: (until: number) => Promise<T>,
  firstMs = HOLD_MS,
): Promise<T> =>
  // Changes go on side by side: the end of one's hold must not be the end of another's.
  inTurn(context.clickhouse, () => holding(context, raw, work, firstMs))

async function holding<T>(
  context: ApplyContext,
  raw: string,
  work: (until: number) => Promise<T>,
  firstMs: number,
): Promise<T> {
  const { clickhouse, database } = context
  for (let ms = firstMs; ; ms = Math.min(LONGEST_MS, ms * 2)) {
    await clickhouse.command(release(database, raw))
    const until = (await serverNow(clickhouse)) + ms
    try {
      await clickhouse.command(
        `ALTER TABLE ${qualified(database, raw)} ADD CONSTRAINT ${id(names.hold)} CHECK now64(3) >= fromUnixTimestamp64Milli(${until})`,
      )
      const begun = await serverNow(clickhouse)
      if (await insertsDone(context, begun, until - ms / 2)) return await work(until)
    } finally {
      await clickhouse.command(release(database, raw))
    }
    await insertsDone(context, until)
  }
}

/** Lets inserts in again. */
export const release = (database: string, raw: string): string =>
  `ALTER TABLE ${qualified(database, raw)} DROP CONSTRAINT IF EXISTS ${id(names.hold)}`
