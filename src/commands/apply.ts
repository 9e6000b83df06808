import { Args } from '@oclif/core'
import { accountOf } from '../cli/account.js'
import { applyFlags } from '../cli/applyFlags.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { confirmAndApply } from '../cli/confirmAndApply.js'
import { CliError, UsageError } from '../cli/errors.js'
import type { ExitCode } from '../cli/exitCodes.js'
import { withLivePlan } from '../cli/livePlan.js'
import { readPlanFile } from '../cli/planFile.js'
import { loadProject } from '../cli/project.js'

export default class Apply extends BaseCommand<typeof Apply> {
  static override summary = 'Make the live system what the metrics file says.'
  static override description =
    `Shows the plan and asks; --yes does not ask. Run it again after an interruption: it goes on where it was.
A change that would lose data is refused without --allow-destructive. A saved plan is refused when the live system has changed since.
One at a time: it has a lock while it works. A second one is refused, or waits with --lock-timeout.
Ctrl-C finishes the steps at hand and says where it stopped.`
  static override examples = [
    { description: 'Look, then say yes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'In CI', command: '<%= config.bin %> <%= command.id %> -t prod --yes' },
    { description: 'Just what was reviewed', command: '<%= config.bin %> <%= command.id %> plan.json -t prod --yes' },
    {
      description: 'After another one that may run at the moment',
      command: '<%= config.bin %> <%= command.id %> -t prod --yes --lock-timeout 5m',
    },
  ]
  static override args = {
    plan: Args.string({ description: 'a plan saved by plan -o' }),
  }
  static override flags = applyFlags

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const project = await loadProject(flags, output)
    const saved = args.plan === undefined ? undefined : await readPlanFile(args.plan)
    if (saved !== undefined && saved.target !== flags.target)
      throw new UsageError(`the saved plan is for target ${saved.target}`, `add: -t ${saved.target}`)
    const options = { allowRepartition: flags['allow-repartition'] }
    return withLivePlan(project, options, async live => {
      const refusal = saved && outdated(args.plan ?? '')
      if (refusal && saved.fingerprint !== live.plan.fingerprint) throw refusal
      const account = () => accountOf(project, 'apply')
      return confirmAndApply(live, { flags, account, outdated: refusal }, output)
    })
  }
}

const outdated = (path: string): CliError =>
  new CliError(
    'plan-outdated',
    `${path} no longer holds: the file or the live system has changed since it was made`,
    'make a new one with: rtdash plan -o',
  )
