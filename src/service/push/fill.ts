import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { rawColumns } from '../../naming.js'
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
export async function fillRing(db: ClickHouse, config: ServiceConfig, metric: MetricConfig, ring: Ring): Promise<void> {
  const newest = asofAt(Date.now(), metric) - metric.refreshMs
  let failure: unknown
  for (const thinning of THINNING) {
    const asofs = pastInstants(newest, metric.refreshMs * thinning, Math.floor(KEPT / thinning))
    try {
      const past = await pastUpdates(db, metric, asofs, LIMIT_MS)
      // Only a past that begins empty asks when it began.
      const arrived = past[0]?.value === metric.empty ? await firstArrival(db, config, metric) : 0
      const first = past.findIndex(({ timestamp, value }) => timestamp > arrived || value !== metric.empty)
      ring.fill(first < 0 ? [] : past.slice(first))
      return
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/**
 * When the oldest event that is still there arrived, epoch ms; Infinity without any. Before it an empty window says
 * nothing: there may have been no pipeline, and a chart would show a cliff where it began.
 */
async function firstArrival(
  db: ClickHouse,
  { database, sources }: ServiceConfig,
  metric: MetricConfig,
): Promise<number> {
  const { table } = sources.find(({ name }) => name === metric.source)!
  const [row] = await db.query<{ first: string }>(
    `SELECT toUnixTimestamp64Milli(min(${rawColumns.ingestedAt})) AS first
     FROM {database:Identifier}.{table:Identifier} HAVING count() > 0`,
    { database, table },
    { signal: AbortSignal.timeout(LIMIT_MS) },
  )
  return row === undefined ? Number.POSITIVE_INFINITY : Number(row.first)
}
