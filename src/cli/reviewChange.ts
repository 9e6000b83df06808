import type { ClickHouse } from '../clients/clickhouse.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Plan } from '../model/plan.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { names } from '../naming.js'
import { type Edit, metricEdits } from '../plan/edits.js'
import { topOf } from '../rules/change/changeRule.js'
import { lintChange } from '../rules/change/registry.js'
import { type Standing, standingOf, standingOfConfig } from '../rules/change/standing.js'
import type { Project } from './project.js'

const nothing: Standing = { sources: [], metrics: [], alerts: [] }

/** What a reviewer is told beside the plan: what the lints say, and what becomes of each metric. */
export interface Review {
  readonly findings: readonly Diagnostic[]
  readonly edits: readonly Edit[]
}

/** A change of the live system, from what its service runs to what the file says. */
export async function reviewLive(plan: Plan, project: Project, clickhouse: ClickHouse): Promise<Review> {
  return review(plan, await appliedStanding(clickhouse, project.model.project), project, true)
}

/** A change from one file to another. */
export const reviewOffline = (plan: Plan, base: Project, head: Project): Review =>
  review(plan, base.model.project === head.model.project ? standingOf(base.model) : nothing, head, false)

function review({ changes }: Plan, before: Standing, { model: after, file }: Project, live: boolean): Review {
  return {
    findings: lintChange({ before, after, changes, live, top: topOf(file) }),
    edits: metricEdits(before, after),
  }
}

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
