import { EXTEND_MS, type SeenIds } from '../redis/seenIds.js'
import type { Encoded } from './encoded.js'
import { problems } from './problem.js'

/**
 * Stores a request whose ids all front doors have to know: claims them, stores the rows whose ids are new, and says that
 * they are stored, or free again where that failed. Claims are extended for as long as storing takes.
 */
export async function storeShared<T>(
  shared: SeenIds,
  { idLow, idHigh, hasId }: Encoded,
  log: (message: string) => void,
  store: (claimed: ReadonlySet<number>) => Promise<T>,
): Promise<T> {
  const rows = [...hasId.keys()].filter(row => hasId[row])
  const ids = rows.map(row => ((BigInt(idHigh[row]!) << 32n) | BigInt(idLow[row]!)).toString(36))
  const claims = await shared.claim(ids).catch((error: Error) => {
    log(error.message)
    throw problems.unavailable('what was seen before cannot be looked up')
  })
  const fresh = ids.filter((_, at) => claims[at] === 'new')
  const extending = setInterval(() => void shared.extend(fresh).catch(() => {}), EXTEND_MS)
  try {
    // Whether the other request's event gets stored is not known yet.
    if (claims.includes('pending')) throw problems.unavailable('another request with the same events is under way')
    const stored = await store(new Set(rows.filter((_, at) => claims[at] === 'new')))
    await shared.confirm(fresh).catch((error: Error) => log(error.message))
    return stored
  } catch (error) {
    await shared.release(fresh).catch(() => {})
    throw error
  } finally {
    clearInterval(extending)
  }
}
