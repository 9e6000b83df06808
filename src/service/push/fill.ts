import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { asofAt, pastInstants } from '../publish/asof.js'
import { pastUpdates } from '../publish/past.js'
import { KEPT, type Ring } from './ring.js'

/** Each try may take so long; one that takes longer is thinned by the next number. */
const LIMIT_MS = 4000
const THINNING = [1, 5, 25]

/**
 * Fills the ring of a new metric with its totals at the past refresh instants, in one query: thinner where that takes
 * too long, not at all where nothing helps. Live values never wait for it. Throws what the last try threw.
 */
export async function fillRing(db: ClickHouse, metric: MetricConfig, ring: Ring): Promise<void> {
  const newest = asofAt(Date.now(), metric) - metric.refreshMs
  let failure: unknown
  for (const thinning of THINNING) {
    const asofs = pastInstants(newest, metric.refreshMs * thinning, Math.floor(KEPT / thinning))
    try {
      ring.fill(await pastUpdates(db, metric, asofs, LIMIT_MS))
      return
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
