import { randomUUID } from 'node:crypto'
import type { ClickHouse } from '../../clients/clickhouse.js'
import { id, qualified } from './text.js'

/**
 * Adds a row to a log of ours (ledger, configuration). There an equal row is a new fact, going back to an earlier
 * configuration for one: without a token of its own ClickHouse drops it as a block that it has seen.
 */
export const append = (
  clickhouse: ClickHouse,
  database: string,
  table: string,
  row: Readonly<Record<string, string>>,
): Promise<void> =>
  clickhouse.insert(
    `${qualified(database, table)} (${Object.keys(row).map(id).join(', ')})`,
    JSON.stringify(row),
    'JSONEachRow',
    { insert_deduplication_token: randomUUID() },
  )
