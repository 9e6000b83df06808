import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { serviceUrlOf } from '../cli/clickhouse.js'
import { durationFlag } from '../cli/duration.js'
import { CliError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { hintsFor } from '../cli/hints.js'
import { createProgress } from '../cli/progress.js'
import { loadProject } from '../cli/project.js'
import { freshSeed } from '../cli/samples.js'
import { listenForInterruption } from '../cli/signals.js'
import { simulationText } from '../format/simulation.js'
import type { SourceConfig } from '../model/serviceConfig.js'

export default class Simulate extends BaseCommand<typeof Simulate> {
  static override summary = 'Send realistic events, made from a source’s columns.'
  static override description =
    `Skewed dimensions, a daily curve, some late events; through the front door of the running service.
Without --duration it goes on until Ctrl-C.`
  static override examples = [
    {
      description: '10,000 events a second for a minute',
      command: '<%= config.bin %> <%= command.id %> --rate 10000 --duration 1m',
    },
    {
      description: 'The same events again',
      command: '<%= config.bin %> <%= command.id %> --rate 500 --duration 10s --seed 7',
    },
  ]
  static override flags = {
    rate: Flags.integer({ helpValue: 'N', description: 'events per second', default: 1000, min: 1 }),
    duration: durationFlag({ description: 'how long, like 30s or 5m' }),
    source: Flags.string({ description: 'which source [default: the only one]', helpValue: 'NAME' }),
    seed: Flags.integer({
      helpValue: 'N',
      description: 'the same seed makes the same events [default: new ones each time]',
    }),
    token: Flags.string({
      description: 'write token of the service',
      env: 'RTDASH_WRITE_TOKEN',
      helpValue: 'TOKEN',
      noCacheDefault: true,
    }),
    url: Flags.string({ description: 'the service [default: the target’s own]' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const { compile } = await import('../compile/compile.js')
    const source = pickSource(compile(project.model).service.sources, flags.source)
    const url = flags.url ?? (await serviceUrlOf(project))
    if (url === undefined)
      throw new CliError('no-service', 'the target does not say where its service is', '--url names it')
    const { simulate } = await import('../simulate/simulate.js')
    const interruption = listenForInterruption()
    const progress = createProgress(output)
    const result = await simulate({
      source,
      url,
      rate: flags.rate,
      seed: flags.seed ?? freshSeed(),
      hints: hintsFor(project.model, source.name),
      signal: interruption.signal,
      onProgress: sofar => progress.update(simulationText(sofar)),
      ...(flags.token === undefined ? {} : { token: flags.token }),
      ...(flags.duration === undefined ? {} : { durationMs: flags.duration }),
    })
    progress.done()
    output.document({ ok: true, source: source.name, ...result })
    output.text(simulationText(result))
    return interruption.received() === undefined ? exitCodes.ok : exitCodes.interrupted
  }
}

function pickSource(sources: readonly SourceConfig[], name: string | undefined): SourceConfig {
  const names = sources.map(source => source.name).join(', ')
  if (name === undefined && sources.length > 1)
    throw new UsageError(`there are several sources: ${names}`, '--source NAME picks one')
  const source = name === undefined ? sources[0] : sources.find(candidate => candidate.name === name)
  if (source === undefined) throw new UsageError(`no source "${name}"`, `there is: ${names}`)
  return source
}
