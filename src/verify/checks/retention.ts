import type { TableSpec } from '../../model/resource.js'
import type { Check, Evidence } from '../check.js'
import type { Finding } from '../report.js'

/** ClickHouse drops what has expired when it merges, every few hours: so long it may stay. */
const GRACE_HOURS = 24
const HOUR_MS = 3_600_000

/** No partition is older than its table's retention allows. Observed: by how much the oldest is. */
export const retention: Check = {
  id: 'retention',
  group: 6,
  run: async evidence => {
    const tables = evidence.compiled.resources.flatMap(resource =>
      resource.kind === 'clickhouse.table'
        ? [resource.spec]
        : resource.kind === 'clickhouse.rollup'
          ? [resource.spec.table]
          : [],
    )
    return [await oldest(tables, evidence)]
  },
}

async function oldest(tables: readonly TableSpec[], { clickhouse, database }: Evidence): Promise<Finding> {
  const rows = await clickhouse.query<{ table: string; partition: string; partitionBy: string; now: string }>(
    `SELECT table, partition, any(partition_key) AS partitionBy, toUnixTimestamp(now()) * 1000 AS now
     FROM system.parts AS p JOIN system.tables AS t ON t.database = p.database AND t.name = p.table
     WHERE p.database = {database:String} AND p.active GROUP BY table, partition`,
    { database },
  )
  const specs = new Map(tables.map(spec => [spec.name, spec]))
  let worst = { hours: 0, table: '', partition: '' }
  for (const { table, partition, partitionBy, now } of rows) {
    const { ttl } = specs.get(table) ?? {}
    const end = partitionEnd(partitionBy, partition)
    if (ttl === undefined || end === undefined) continue
    const hours = Math.floor((Number(now) - end - ttl.seconds * 1000) / HOUR_MS)
    if (hours > worst.hours) worst = { hours, table, partition }
  }
  const about = { observed: worst.hours, limit: GRACE_HOURS, unit: 'hours' } as const
  if (worst.hours <= GRACE_HOURS) return { ...about, verdict: 'pass', detail: `${rows.length} partitions` }
  const reason = `partition ${worst.partition} of ${worst.table} should have been dropped`
  return { ...about, verdict: 'fail', reason }
}

/** When a partition by day, month or year ends, epoch ms; undefined for any other. */
export function partitionEnd(partitionBy: string, partition: string): number | undefined {
  const [, unit] = /^toYYYY(MM|MMDD)\(|^toYear\(/.exec(partitionBy) ?? []
  if (!/^(toYYYY(MM|MMDD)|toYear)\(/.test(partitionBy) || !/^\d{4,8}$/.test(partition)) return undefined
  const [year, month, day] = [partition.slice(0, 4), partition.slice(4, 6), partition.slice(6, 8)].map(Number) as [
    number,
    number,
    number,
  ]
  if (unit === 'MMDD') return Date.UTC(year, month - 1, day + 1)
  return unit === 'MM' ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1)
}
