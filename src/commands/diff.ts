import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { planFormatFlag, showPlan } from '../cli/showPlan.js'
import { planDocument } from '../format/plan.js'

export default class Diff extends BaseCommand<typeof Diff> {
  static override summary = 'Compare two metrics files, without a live system.'
  static override description =
    `What apply would do with HEAD where BASE has just been applied: for pull requests, from forks too.
The lints say what it would lose, move, rebuild or promise less. It knows no live figures; plan does.`
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
    ...planFormatFlag,
    'detailed-exitcode': Flags.boolean({ description: 'exit code 2 when there are changes' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const { target } = flags
    const base = await loadProject({ file: args.base, target }, output)
    const head = await loadProject({ file: args.head, target }, output)
    const [{ compile }, { diffCompiled }, { reviewOffline }] = await Promise.all([
      import('../compile/compile.js'),
      import('../plan/offline.js'),
      import('../cli/reviewChange.js'),
    ])
    const plan = diffCompiled(compile(base.model), compile(head.model))
    const review = reviewOffline(plan, base, head)
    output.document(planDocument(plan, review.findings))
    showPlan({ plan, review, title: `metrics.yaml, target ${plan.target}` }, flags, output)
    return flags['detailed-exitcode'] && plan.changes.length > 0 ? exitCodes.found : exitCodes.ok
  }
}
