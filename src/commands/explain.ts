import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { didYouMean } from '../expr/suggest.js'

export default class Explain extends BaseCommand<typeof Explain> {
  static override summary = 'Show what each metric becomes, and why.'
  static override description =
    `The way through the decision tree: tier, engine, rollup, channel, cache, nodes, each with the figures that decided it.`
  static override examples = [
    { description: 'All metrics, and the rollups they share', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'One metric', command: '<%= config.bin %> <%= command.id %> error_rate_5min' },
    { description: 'On another target', command: '<%= config.bin %> <%= command.id %> -t prod' },
  ]
  static override args = {
    metric: Args.string({ description: 'only this metric' }),
  }

  protected async work(): Promise<ExitCode> {
    const { metric } = this.args
    const { model } = await loadProject(this.flags, this.output)
    const metrics = model.metrics.map(({ name }) => name)
    if (metric !== undefined && !metrics.includes(metric))
      throw new UsageError(`no metric "${metric}"`, didYouMean(metric, metrics) ?? `there are ${metrics.join(', ')}`)
    const { explainModel } = await import('../explain/explain.js')
    const { explainText } = await import('../explain/text.js')
    const report = explainModel(model)
    const chosen = report.metrics.filter(candidate => metric === undefined || candidate.metric === metric)
    this.output.document({ ...report, metrics: chosen })
    this.output.text(explainText(report, metric))
    return exitCodes.ok
  }
}
