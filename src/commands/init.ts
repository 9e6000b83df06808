import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { initProject, templateNames } from '../cli/init.js'

export default class Init extends BaseCommand<typeof Init> {
  static override summary = 'Make a working project.'
  static override description = `Writes metrics.yaml, a pull-request workflow, .gitignore and a README.
A file that is there already is left as it is and named.`
  static override examples = [
    { description: 'A shop’s dashboard in this folder', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Request logs, in a folder of its own',
      command: '<%= config.bin %> <%= command.id %> my-dashboard --template observability',
    },
  ]
  static override args = {
    dir: Args.string({ description: 'where to; made when missing', default: '.' }),
  }
  static override flags = {
    template: Flags.option({ options: templateNames })({
      description: 'storefront: five metrics of a shop; observability: request logs; minimal: one metric',
      default: 'storefront',
    }),
  }

  protected async work(): Promise<ExitCode> {
    const { dir } = this.args
    const { output } = this
    const { written, kept } = await initProject(resolve(dir), this.flags.template)
    output.document({ ok: true, dir, written, kept })
    for (const file of written) output.text(`${output.style.green('+')} ${file}`)
    for (const file of kept) output.text(`${output.style.dim('=')} ${file} (kept as it was)`)
    const go = dir === '.' ? '' : `cd ${dir} && `
    output.note(`\nNext: ${go}rtdash dev --sample`)
    return exitCodes.ok
  }
}
