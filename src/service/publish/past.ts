import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import type { Update } from '../update.js'
import { readHistory } from './readMetric.js'

/** The updates of past instants, oldest first, computed from the rollups in one query: totals, no series. Throws ClickHouseError. */
export async function pastUpdates(
  db: ClickHouse,
  metric: MetricConfig,
  instants: readonly number[],
  limitMs: number,
): Promise<Update[]> {
  const values = await readHistory(db, metric, instants, limitMs)
  return instants.map(timestamp => ({
    metric: metric.name,
    ...(values.get(timestamp) ?? { value: metric.empty }),
    timestamp,
  }))
}
