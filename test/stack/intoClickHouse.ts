import type { ClickHouse } from '../../src/clients/clickhouse.js'
import type { Compiled } from '../../src/compile/compile.js'
import { statementsOf } from '../../src/targets/clickhouse/files.js'

const KINDS = ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view']

/** Makes the tables and views of a model with one source, and stores its events; times as ClickHouse reads them. */
export async function intoClickHouse(
  client: ClickHouse,
  { resources, model }: Compiled,
  events: readonly object[],
): Promise<void> {
  for (const kind of KINDS)
    for (const resource of resources.filter(r => r.kind === kind))
      for (const sql of statementsOf(resource)) await client.command(sql)
  const rows = events.map(row => JSON.stringify(row)).join('\n')
  await client.insert(`${model.project}.${model.sources[0]!.table}`, rows, 'JSONEachRow')
}
