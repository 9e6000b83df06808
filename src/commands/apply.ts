import { Args, Flags } from '@oclif/core'
import type { Applied } from '../apply/apply.js'
import { accountOf } from '../cli/account.js'
import { applyChanges, changedMeanwhile } from '../cli/applyChanges.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { confirm, refuseDestructive } from '../cli/confirm.js'
import { CliError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { withLivePlan } from '../cli/livePlan.js'
import { lockFlags } from '../cli/lockFlags.js'
import { readPlanFile } from '../cli/planFile.js'
import { planFlags } from '../cli/planFlags.js'
import { loadProject } from '../cli/project.js'
import { applySummary, interruptedSummary } from '../format/apply.js'
import { planText } from '../format/plan.js'
import type { Plan as PlanData } from '../model/plan.js'

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
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    'allow-destructive': Flags.boolean({ description: 'also what loses data' }),
    ...planFlags,
    ...lockFlags,
  }

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const project = await loadProject(flags, output)
    const saved = args.plan === undefined ? undefined : await readPlanFile(args.plan)
    if (saved !== undefined && saved.target !== flags.target)
      throw new UsageError(`the saved plan is for target ${saved.target}`, `add: -t ${saved.target}`)
    const options = { allowRepartition: flags['allow-repartition'] }
    return withLivePlan(project, options, async live => {
      const { plan } = live
      const allowDestructive = flags['allow-destructive']
      const show = (shown: PlanData): void => {
        if (shown.changes.length > 0) output.note(planText(shown, output.noteStyle, { statements: flags.verbose }))
        if (!allowDestructive) refuseDestructive(shown)
      }
      if (saved !== undefined && saved.fingerprint !== plan.fingerprint) throw outdated(args.plan ?? '')
      show(plan)
      if (plan.changes.length === 0 && flags['force-unlock'] === undefined) return this.tell(nothing)
      if (plan.changes.length > 0 && !flags.yes) await confirm('Apply these changes?')
      return this.tell(
        await applyChanges(
          live,
          plan,
          {
            account: await accountOf(project, 'apply'),
            allowDestructive,
            lock: flags,
            again: live.again,
            onOther: other => {
              if (saved !== undefined) throw outdated(args.plan ?? '')
              if (!flags.yes) throw changedMeanwhile()
              output.note('the live system has changed meanwhile; this is what is left to do:')
              show(other)
            },
          },
          output,
        ),
      )
    })
  }

  private tell({ id, ok, results, interrupted }: Applied & { interrupted: boolean }): ExitCode {
    const { output } = this
    output.document({ ok, id, results })
    output.text(interrupted ? interruptedSummary(results, output.style) : applySummary(results, output.style))
    if (interrupted) return exitCodes.interrupted
    return ok ? exitCodes.ok : exitCodes.failed
  }
}

/** There was nothing to do, so nothing was noted. */
const nothing = { id: '', ok: true, results: [], interrupted: false }

const outdated = (path: string): CliError =>
  new CliError(
    'plan-outdated',
    `${path} no longer holds: the file or the live system has changed since it was made`,
    'make a new one with: rtdash plan -o',
  )
