import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { InterruptedError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { listenForInterruption } from '../cli/signals.js'
import { createStyle } from '../format/style.js'
import { caseText, summaryText, testJunit } from '../format/test.js'
import type { Model } from '../model/model.js'
import type { TestReport } from '../testCases/report.js'

export default class Test extends BaseCommand<typeof Test> {
  static override summary = 'Run the tests of the file.'
  static override description = `Events in, values out, in an embedded ClickHouse of its own: through the front door's
decoder, and the tables, views and queries that were compiled. Times are offsets from a
Monday that begins a month, so that every calendar window has just begun at 0s. A failing
case shows what was expected, what came, and the events it counted. Exit code 2 when one
fails.`
  static override examples = [
    { description: 'All cases', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'In CI, as a report', command: '<%= config.bin %> <%= command.id %> --format junit > tests.xml' },
  ]
  static override flags = {
    format: Flags.option({ options: ['text', 'json', 'junit'] as const })({
      description: 'json is the same as --json',
      default: 'text',
    }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const { file, model } = await loadProject(flags, output)
    const report = model.tests.length === 0 ? { ok: true, cases: [] } : await this.runAll(model)
    output.document(report)
    if (flags.format === 'junit') output.text(testJunit(report, createStyle(false)))
    else if (report.cases.length > 0) output.text(summaryText(report, output.style))
    else output.note(`${file} has no tests: events in, values out, under \`tests:\``)
    return report.ok ? exitCodes.ok : exitCodes.found
  }

  private async runAll(model: Model): Promise<TestReport> {
    const { flags, output } = this
    const [{ withEngine }, { runTests }] = await Promise.all([
      import('../testCases/engine.js'),
      import('../testCases/run.js'),
    ])
    const interruption = listenForInterruption()
    try {
      return await withEngine(clickhouse =>
        runTests(clickhouse, model, {
          signal: interruption.signal,
          onResult: result => {
            if (flags.format === 'text') output.text(caseText(result, output.style))
          },
        }),
      )
    } catch (error) {
      throw interruption.received() === undefined ? error : new InterruptedError()
    } finally {
      interruption.dispose()
    }
  }
}
