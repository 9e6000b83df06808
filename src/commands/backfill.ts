import { Args, Flags } from '@oclif/core'
import type { RollupResult } from '../backfill/rollup.js'
import type { TopicResult } from '../backfill/topic/replay.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { kafkaConnectionOf, withClients } from '../cli/clients.js'
import { CliError, InterruptedError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { instantFlag } from '../cli/instant.js'
import { withLock } from '../cli/locked.js'
import { lockFlags } from '../cli/lockFlags.js'
import { createProgress } from '../cli/progress.js'
import { loadProject, type Project } from '../cli/project.js'
import { type Interruption, listenForInterruption } from '../cli/signals.js'
import type { ClickHouse } from '../clients/clickhouse.js'
import { didYouMean } from '../expr/suggest.js'
import { rollupText, topicText } from '../format/backfill.js'
import type { Model } from '../model/model.js'

export default class Backfill extends BaseCommand<typeof Backfill> {
  static override summary = 'Compute rollups again from raw, or bring lost events back from the topic.'
  static override description =
    `While live goes on, and exact afterwards. Rollups are made anew in whole partitions (days,
months or years) beside the old ones, compared with raw, and exchanged at once: no reader
sees a gap or a mixture. With --from-topic the records of that time are read again in a
consumer group of their own, and those that raw lacks are stored. Ctrl-C stops it in order;
run it again with the same times to go on.`
  static override examples = [
    {
      description: 'Everything of the last two days',
      command: '<%= config.bin %> <%= command.id %> --from 2d',
    },
    {
      description: 'One metric, on another target',
      command: '<%= config.bin %> <%= command.id %> revenue_today -t prod --from 2026-11-01 --to 2026-11-03',
    },
    {
      description: 'Events that raw has lost, at most 2,000 a second',
      command: '<%= config.bin %> <%= command.id %> -t prod --from 2026-11-01T10:00:00Z --from-topic --rate 2000',
    },
  ]
  static override strict = false
  static override args = {
    metric: Args.string({ description: 'which metrics; all of them without' }),
  }
  static override flags = {
    from: instantFlag({ description: 'an instant (ISO 8601, UTC without a zone), or how long ago', required: true }),
    to: instantFlag({ description: 'the same [default: now]' }),
    'from-topic': Flags.boolean({ description: 'read the topic again, and store what raw lacks' }),
    rate: Flags.integer({
      description: 'with --from-topic: records per second at most',
      min: 1,
      helpValue: 'N',
      dependsOn: ['from-topic'],
    }),
    ...lockFlags,
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const { argv } = await this.parse({ flags: this.ctor.flags, baseFlags: BaseCommand.baseFlags, strict: false })
    const metrics = metricsOf(project.model, argv as string[])
    const range = { from: flags.from, to: flags.to ?? Date.now() }
    if (range.from >= range.to) throw new UsageError('--from must lie before --to')
    const interruption = listenForInterruption()
    try {
      const rollups = flags['from-topic'] ? [] : await this.rollups(project, metrics, range, interruption)
      const topics = flags['from-topic'] ? await this.topics(project, metrics, range, interruption) : []
      const iso = (ms: number): string => new Date(ms).toISOString()
      output.document({
        ok: true,
        from: iso(range.from),
        to: iso(range.to),
        rollups: rollups.map(({ from, to, ...rest }) => ({ ...rest, from: iso(from), to: iso(to) })),
        topics,
      })
      return exitCodes.ok
    } catch (error) {
      if (interruption.received() === undefined) throw error
      output.note('run it again with the same times: it goes on from here')
      throw new InterruptedError()
    } finally {
      interruption.dispose()
    }
  }

  private async rollups(
    project: Project,
    metrics: readonly string[],
    range: { from: number; to: number },
    { signal }: Interruption,
  ): Promise<RollupResult[]> {
    const { flags, output } = this
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

  private async topics(
    project: Project,
    metrics: readonly string[],
    range: { from: number; to: number },
    { signal }: Interruption,
  ): Promise<TopicResult[]> {
    const { flags, output } = this
    const kafka = await kafkaConnectionOf(project)
    if (kafka === undefined)
      throw new CliError(
        'no-topic',
        `target ${flags.target} has no Kafka`,
        'leave --from-topic out: raw is all there is',
      )
    const [{ compile }, { replayTopic }] = await Promise.all([
      import('../compile/compile.js'),
      import('../backfill/topic/replay.js'),
    ])
    const { service: config } = compile(project.model)
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
          ...(flags.rate !== undefined && { rate: flags.rate }),
        })
        progress.done()
        results.push(result)
        output.text(topicText(result))
      }
      return results
    }).finally(progress.done)
  }
}

/** Before the lock, which would make the database. */
async function requireApplied(clickhouse: ClickHouse, database: string): Promise<void> {
  const found = await clickhouse.query('SELECT 1 FROM system.databases WHERE name = {database:String}', { database })
  if (found.length === 0)
    throw new CliError('nothing-applied', `there is no database ${database} yet`, 'rtdash apply makes it')
}

function metricsOf(model: Model, names: readonly string[]): string[] {
  const known = model.metrics.map(({ name }) => name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown === undefined) return [...names]
  throw new UsageError(`there is no metric "${unknown}"`, didYouMean(unknown, known) ?? 'rtdash explain lists them')
}
