import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { planDocument, planMarkdown, planText } from '../format/plan.js'

export default class Diff extends BaseCommand<typeof Diff> {
  static override summary = 'Compare two metrics files, without a live system.'
  static override description =
    `What apply would do with HEAD where BASE has just been applied: for pull requests, from forks too.
It knows no live figures; plan does.`
  static override examples = [
    {
      description: 'Against the file as it was committed',
      command:
        'git show main:metrics.yaml > /tmp/base.yaml && <%= config.bin %> <%= command.id %> /tmp/base.yaml metrics.yaml',
    },
    {
      description: 'As a comment on a pull request',
      command: '<%= config.bin %> <%= command.id %> base/metrics.yaml metrics.yaml --format markdown',
    },
  ]
  static override args = {
    base: Args.string({ description: 'the file as it was', required: true }),
    head: Args.string({ description: 'the file as it is to be', required: true }),
  }
  static override flags = {
    format: Flags.option({ options: ['text', 'json', 'markdown'] as const })({
      description: 'json is the same as --json',
      default: 'text',
    }),
    'detailed-exitcode': Flags.boolean({ description: 'exit code 2 when there are changes' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const { target } = flags
    const base = await loadProject({ file: args.base, target }, output)
    const head = await loadProject({ file: args.head, target }, output)
    const [{ compile }, { diffCompiled }] = await Promise.all([
      import('../compile/compile.js'),
      import('../plan/offline.js'),
    ])
    const plan = diffCompiled(compile(base.model), compile(head.model))
    output.document(planDocument(plan))
    if (flags.format === 'markdown') output.text(planMarkdown(plan, `metrics.yaml, target ${plan.target}`))
    else output.text(planText(plan, output.style, { statements: flags.verbose }))
    return flags['detailed-exitcode'] && plan.changes.length > 0 ? exitCodes.found : exitCodes.ok
  }
}
