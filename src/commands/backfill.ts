import { Args, Flags } from '@oclif/core'
import { runRollups, runTopics } from '../cli/backfill.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { InterruptedError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { instantFlag } from '../cli/instant.js'
import { lockFlags } from '../cli/lockFlags.js'
import { loadProject } from '../cli/project.js'
import { listenForInterruption } from '../cli/signals.js'
import { didYouMean } from '../expr/suggest.js'
import { backfillDocument } from '../format/backfill.js'
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
    const request = { project, metrics, range, signal: interruption.signal }
    try {
      const fromTopic = flags['from-topic']
      const rollups = fromTopic ? [] : await runRollups(request, flags, output)
      const topics = fromTopic ? await runTopics(request, flags.rate, output) : []
      output.document(backfillDocument(range, rollups, topics))
      return exitCodes.ok
    } catch (error) {
      if (interruption.received() === undefined) throw error
      output.note('run it again with the same times: it goes on from here')
      throw new InterruptedError()
    } finally {
      interruption.dispose()
    }
  }
}

function metricsOf(model: Model, names: readonly string[]): string[] {
  const known = model.metrics.map(({ name }) => name)
  const unknown = names.find(name => !known.includes(name))
  if (unknown === undefined) return [...names]
  throw new UsageError(`there is no metric "${unknown}"`, didYouMean(unknown, known) ?? 'rtdash explain lists them')
}
