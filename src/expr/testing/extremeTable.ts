import type { ClickHouse } from '../../clients/clickhouse.js'
import { columnTypeText } from '../columnType.js'
import { COLUMN_TYPES } from './arbitrary.js'
import { columns } from './columns.js'
import { EXTREMES } from './extremes.js'

/** Makes a table `t` with a column of every type, whose rows hold the extremes of each in changing company. */
export async function createExtremeTable(client: ClickHouse): Promise<void> {
  const entries = [...columns(COLUMN_TYPES)]
  const list = entries.map(([name, type]) => `\`${name}\` ${columnTypeText(type)}`)
  await client.command(`CREATE TABLE t (${list.join(', ')}) ENGINE = Memory`)
  const rows = Array.from({ length: 39 }, (_, row) => {
    const values = entries.map(([name], column) => {
      const extremes = EXTREMES[name as keyof typeof EXTREMES]
      return `CAST(${extremes[(row * (1 + (column % 3)) + column) % extremes.length]}, '${columnTypeText(entries[column]![1]).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`
    })
    return `SELECT ${values.join(', ')}`
  })
  await client.command(`INSERT INTO t ${rows.join(' UNION ALL ')}`)
}
