import type { ClickHouse } from '../clients/clickhouse.js'
import { names } from '../naming.js'

/** When the configuration in force was applied, ISO 8601, and its hash. */
export interface LastApply {
  readonly at: string
  readonly hash: string
}

/** The newest configuration in the project's database; undefined before the first apply. */
export async function lastApply(clickhouse: ClickHouse, database: string): Promise<LastApply | undefined> {
  const [found] = await clickhouse.query<{ n: string }>(
    'SELECT count() AS n FROM system.tables WHERE database = {database:String} AND name = {table:String}',
    { database, table: names.config },
  )
  if (found?.n !== '1') return undefined
  const [row] = await clickhouse.query<{ at: string; hash: string }>(
    `SELECT formatDateTime(applied_at, '%Y-%m-%dT%H:%i:%SZ', 'UTC') AS at, hash
     FROM {database:Identifier}.{table:Identifier} ORDER BY applied_at DESC LIMIT 1`,
    { database, table: names.config },
  )
  return row
}
