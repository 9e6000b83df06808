import type { ClickHouse } from '../../clients/clickhouse.js'
import type { Change } from '../../model/plan.js'
import type { ResourceOf } from '../../model/resource.js'
import { names } from '../../naming.js'
import { append } from '../clickhouse/append.js'
import { qualified, str } from '../clickhouse/text.js'
import type { LiveEngine } from '../live.js'

// The service takes its orders from the newest row of a table in the project's database: every node sees the same.

/** Hash of the configuration in force, or undefined before the first apply. */
export async function observe(clickhouse: ClickHouse, database: string): Promise<string | undefined> {
  const exists = await clickhouse.query(
    `SELECT 1 FROM system.tables WHERE database = ${str(database)} AND name = ${str(names.config)}`,
  )
  if (exists.length === 0) return undefined
  const rows = await clickhouse.query<{ hash: string }>(
    `SELECT hash FROM ${qualified(database, names.config)} ORDER BY applied_at DESC LIMIT 1`,
  )
  return rows[0]?.hash
}

/** Pure. */
export function diff(wanted: ResourceOf<'service.config'>, live: string | undefined): Change[] {
  const { hash } = wanted.spec.config
  if (live === hash) return []
  return [
    {
      id: wanted.id,
      kind: wanted.kind,
      action: live === undefined ? 'create' : 'update',
      risk: 'safe',
      reason:
        live === undefined
          ? 'the service starts to serve these metrics'
          : `the service changes from configuration ${live} to ${hash}`,
      after: wanted,
      dependsOn: wanted.dependsOn,
      steps: [{ run: 'config', title: `hand configuration ${hash} to the service`, args: { hash } }],
    },
  ]
}

export const service: LiveEngine = {
  kinds: ['service.config'],
  plan: async ({ model, resources }, { clickhouse }) => {
    const wanted = resources.find((r): r is ResourceOf<'service.config'> => r.kind === 'service.config')!
    return { changes: diff(wanted, await observe(clickhouse, model.project)), unused: [] }
  },
  /** Makes a configuration the one in force. */
  apply: async ({ clickhouse }, change) => {
    const { spec } = change.after as ResourceOf<'service.config'>
    const { hash } = spec.config
    await append(clickhouse, spec.database, names.config, { hash, config: JSON.stringify(spec.config) })
  },
}
