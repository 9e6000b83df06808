import type { ClickHouse } from '../clients/clickhouse.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Plan } from '../model/plan.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { names } from '../naming.js'
import { topOf } from '../rules/change/changeRule.js'
import { lintChange } from '../rules/change/registry.js'
import { type Standing, standingOf, standingOfConfig } from '../rules/change/standing.js'
import type { Project } from './project.js'

const nothing: Standing = { sources: [], metrics: [], alerts: [] }

/** What the lints say about a change of the live system, from what its service runs to what the file says. */
export async function liveFindings(plan: Plan, project: Project, clickhouse: ClickHouse): Promise<Diagnostic[]> {
  if (plan.changes.length === 0) return []
  const before = await appliedStanding(clickhouse, project.model.project)
  return lintChange({
    before,
    after: project.model,
    changes: plan.changes,
    live: true,
    top: topOf(project.file),
  })
}

/** What the lints say about a change from one file to another. */
export const offlineFindings = (plan: Plan, base: Project, head: Project): Diagnostic[] =>
  lintChange({
    before: standingOf(base.model),
    after: head.model,
    changes: plan.changes,
    live: false,
    top: topOf(head.file),
  })

/** The newest configuration in the project's database; nothing before the first apply. */
async function appliedStanding(clickhouse: ClickHouse, database: string): Promise<Standing> {
  const [found] = await clickhouse.query<{ n: string }>(
    'SELECT count() AS n FROM system.tables WHERE database = {database:String} AND name = {table:String}',
    { database, table: names.config },
  )
  if (found?.n !== '1') return nothing
  const [row] = await clickhouse.query<{ config: string }>(
    'SELECT config FROM {database:Identifier}.{table:Identifier} ORDER BY applied_at DESC LIMIT 1',
    { database, table: names.config },
  )
  return row === undefined ? nothing : standingOfConfig(JSON.parse(row.config) as ServiceConfig)
}
