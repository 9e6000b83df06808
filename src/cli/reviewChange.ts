import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import { withFiles } from '../ledger/files.js'
import { readHistory } from '../ledger/ledger.js'
import type { Diagnostic } from '../model/diagnostic.js'
import type { Plan } from '../model/plan.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { names } from '../naming.js'
import { type Edit, metricEdits } from '../plan/edits.js'
import { topOf } from '../rules/change/changeRule.js'
import { lintChange } from '../rules/change/registry.js'
import { type Standing, standingOf, standingOfConfig } from '../rules/change/standing.js'
import { checkFile, type Project } from './project.js'

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

/** What is in force: the file that was applied, where the ledger has it, else what the service runs; nothing before the first apply. */
async function appliedStanding(clickhouse: ClickHouse, database: string): Promise<Standing> {
  const config = await appliedConfig(clickhouse, database)
  if (config === undefined) return nothing
  const known = standingOfConfig(config)
  const file = await appliedFile(clickhouse, database)
  return file !== undefined && isWhatRuns(file, known) ? file : known
}

/** The newest configuration in the project's database. */
async function appliedConfig(clickhouse: ClickHouse, database: string): Promise<ServiceConfig | undefined> {
  try {
    const [row] = await clickhouse.query<{ config: string }>(
      'SELECT config FROM {database:Identifier}.{table:Identifier} ORDER BY applied_at DESC LIMIT 1',
      { database, table: names.config },
    )
    return row && (JSON.parse(row.config) as ServiceConfig)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** The file of the newest apply that ended well. */
async function appliedFile(clickhouse: ClickHouse, database: string): Promise<Standing | undefined> {
  const last = (await readHistory(clickhouse, database, 20)).find(({ outcome }) => outcome === 'ok')
  if (last?.files === undefined) return undefined
  const { model } = await withFiles(last.files, file => checkFile(file, last.target))
  return model && standingOf(model)
}

/** An apply that failed half-way, or an older version, may have left the service with something else. */
const isWhatRuns = (file: Standing, known: Standing): boolean =>
  JSON.stringify([file.sources, file.metrics.map(({ measure: _, where: __, ...metric }) => metric)]) ===
  JSON.stringify([known.sources, known.metrics])
