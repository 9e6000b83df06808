import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { serviceUrlOf } from '../cli/clickhouse.js'
import { withClients } from '../cli/clients.js'
import { durationFlag } from '../cli/duration.js'
import { CliError, InterruptedError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { createProgress } from '../cli/progress.js'
import { loadProject } from '../cli/project.js'
import { listenForInterruption } from '../cli/signals.js'
import { verifyJunit } from '../format/junit.js'
import { duration } from '../format/quantity.js'
import { verifyMarkdown, verifyText } from '../format/verify.js'

export default class Verify extends BaseCommand<typeof Verify> {
  static override summary = 'Measure the live system against every SLA.'
  static override description =
    `Marked events (canaries) go in through the front door of each source and are watched as they come out on every
metric's own channel; no user's number changes. Exit code 2 when a promise is not kept. A metric whose refresh is longer
than --duration has its latency skipped, and a skip is never a pass. Where the service needs tokens, RTDASH_TOKEN holds
the reader's and RTDASH_WRITE_TOKEN the writer's.`
  static override examples = [
    { description: 'The local stack', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In CI, as tests',
      command: '<%= config.bin %> <%= command.id %> -t prod --duration 1m --format junit',
    },
  ]
  static override flags = {
    duration: durationFlag({
      description: 'how long canaries are counted',
      default: 30_000,
      defaultHelp: async () => '30s',
    }),
    format: Flags.option({ options: ['text', 'json', 'junit', 'markdown'] as const })({
      description: 'json is the same as --json',
      default: 'text',
    }),
    url: Flags.string({ description: 'the service [default: the target’s own]' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const url = flags.url ?? (await serviceUrlOf(project))
    if (url === undefined)
      throw new CliError('no-service', 'the target does not say where its service is', '--url names it')
    const { verify } = await import('../verify/verify.js')
    const interruption = listenForInterruption()
    const progress = createProgress(output)
    const { RTDASH_TOKEN: readToken, RTDASH_WRITE_TOKEN: writeToken } = process.env
    try {
      const report = await withClients(project, clients =>
        verify({
          ...clients,
          model: project.model,
          service: { url, ...(readToken && { readToken }), ...(writeToken && { writeToken }) },
          durationMs: flags.duration,
          signal: interruption.signal,
          onProgress: ({ doing, elapsedMs, canaries }) =>
            progress.update(`${duration(elapsedMs)}  ${doing}, canaries: ${canaries.toLocaleString('en-US')}`),
        }),
      )
      progress.done()
      output.document(report)
      if (flags.format === 'junit') output.text(verifyJunit(report))
      else if (flags.format === 'markdown') output.text(verifyMarkdown(report))
      else output.text(verifyText(report, output.style))
      return report.ok ? exitCodes.ok : exitCodes.found
    } catch (error) {
      progress.done()
      throw interruption.received() === undefined ? error : new InterruptedError()
    } finally {
      interruption.dispose()
    }
  }
}
