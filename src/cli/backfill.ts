import type { Range } from '../backfill/range.js'
import type { RollupResult } from '../backfill/rollup.js'
import type { TopicResult } from '../backfill/topic/replay.js'
import type { ClickHouse } from '../clients/clickhouse.js'
import { rollupText, topicText } from '../format/backfill.js'
import { kafkaConnectionOf, withClients } from './clients.js'
import { CliError } from './errors.js'
import { withLock } from './locked.js'
import type { LockFlags } from './lockFlags.js'
import type { Output } from './output.js'
import { createProgress } from './progress.js'
import type { Project } from './project.js'

export interface BackfillRequest {
  readonly project: Project
  /** All metrics where none is named. */
  readonly metrics: readonly string[]
  readonly range: Range
  readonly signal: AbortSignal
}

/** Computes rollups again under the project's lock, and tells each as it is done. */
export async function runRollups(
  { project, metrics, range, signal }: BackfillRequest,
  flags: LockFlags,
  output: Output,
): Promise<RollupResult[]> {
  const [{ compile }, { backfillRollups }, { whoOf }] = await Promise.all([
    import('../compile/compile.js'),
    import('../backfill/backfill.js'),
    import('../ledger/provenance.js'),
  ])
  const progress = createProgress(output)
  const options = { who: whoOf(process.env), flags, signal, say: output.note }
  return withClients(project, async clients => {
    await requireApplied(clients.clickhouse, project.model.project)
    return withLock(clients, project.model, options, lock =>
      backfillRollups(compile(project.model), clients, {
        metrics,
        range,
        signal: AbortSignal.any([signal, lock.lost]),
        guard: lock.check,
        onProgress: progress.update,
        onResult: result => {
          progress.done()
          output.text(rollupText(result))
        },
      }),
    )
  }).finally(progress.done)
}

/** Reads the topics of the metrics' sources again, and tells of each when it is done. `rate`: records per second at most. */
export async function runTopics(
  { project, metrics, range, signal }: BackfillRequest,
  rate: number | undefined,
  output: Output,
): Promise<TopicResult[]> {
  const { model } = project
  const kafka = await kafkaConnectionOf(project)
  if (kafka === undefined)
    throw new CliError(
      'no-topic',
      `target ${model.target.name} has no Kafka`,
      'leave --from-topic out: raw is all there is',
    )
  const [{ compile }, { replayTopic }] = await Promise.all([
    import('../compile/compile.js'),
    import('../backfill/topic/replay.js'),
  ])
  const { service: config } = compile(model)
  const wanted = new Set(config.metrics.filter(({ name }) => metrics.includes(name)).map(({ source }) => source))
  const progress = createProgress(output)
  const results: TopicResult[] = []
  return withClients(project, async ({ clickhouse, kafka: admin }) => {
    for (const source of config.sources.filter(({ name }) => wanted.size === 0 || wanted.has(name))) {
      const result = await replayTopic({ clickhouse, kafka, admin: admin!, config }, source, {
        range,
        signal,
        onProgress: progress.update,
        log: output.detail,
        ...(rate !== undefined && { rate }),
      })
      progress.done()
      results.push(result)
      output.text(topicText(result))
    }
    return results
  }).finally(progress.done)
}

/** Before the lock, which would make the database. */
async function requireApplied(clickhouse: ClickHouse, database: string): Promise<void> {
  const found = await clickhouse.query('SELECT 1 FROM system.databases WHERE name = {database:String}', { database })
  if (found.length === 0)
    throw new CliError('nothing-applied', `there is no database ${database} yet`, 'rtdash apply makes it')
}
