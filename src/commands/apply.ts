import { Args, Flags } from '@oclif/core'
import { applyChanges } from '../cli/applyChanges.js'
import { ask } from '../cli/ask.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { CliError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { withLivePlan } from '../cli/livePlan.js'
import { readPlanFile } from '../cli/planFile.js'
import { planFlags } from '../cli/planFlags.js'
import { loadProject } from '../cli/project.js'
import { applySummary } from '../format/apply.js'
import { planText } from '../format/plan.js'
import type { Plan } from '../model/plan.js'

export default class Apply extends BaseCommand<typeof Apply> {
  static override summary = 'Make the live system what the metrics file says.'
  static override description =
    `Shows the plan and asks; --yes does not ask. Run it again after an interruption: it goes on where it was.
A change that would lose data is refused without --allow-destructive. A saved plan is refused when the live system has changed since.`
  static override examples = [
    { description: 'Look, then say yes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'In CI', command: '<%= config.bin %> <%= command.id %> -t prod --yes' },
    { description: 'Just what was reviewed', command: '<%= config.bin %> <%= command.id %> plan.json -t prod --yes' },
  ]
  static override args = {
    plan: Args.string({ description: 'a plan saved by plan -o' }),
  }
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    'allow-destructive': Flags.boolean({ description: 'also what loses data' }),
    ...planFlags,
  }

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const project = await loadProject(flags, output)
    const saved = args.plan === undefined ? undefined : await readPlanFile(args.plan)
    if (saved !== undefined && saved.target !== flags.target)
      throw new UsageError(`the saved plan is for target ${saved.target}`, `add: -t ${saved.target}`)
    return withLivePlan(project, { allowRepartition: flags['allow-repartition'] }, async live => {
      const { plan } = live
      if (saved !== undefined && saved.fingerprint !== plan.fingerprint) throw outdated(args.plan ?? '')
      if (plan.changes.length > 0) output.note(planText(plan, output.noteStyle, { statements: flags.verbose }))
      const allowDestructive = flags['allow-destructive']
      if (!allowDestructive) refuseDestructive(plan)
      if (plan.changes.length > 0 && !flags.yes) await confirm()
      const { id, ok, results, interrupted } = await applyChanges(live, plan, { allowDestructive }, output)
      output.document({ ok, id, results })
      output.text(applySummary(results, output.style))
      if (interrupted) return exitCodes.interrupted
      return ok ? exitCodes.ok : exitCodes.failed
    })
  }
}

const outdated = (path: string): CliError =>
  new CliError(
    'plan-outdated',
    `${path} no longer holds: the file or the live system has changed since it was made`,
    'make a new one with: rtdash plan -o',
  )

function refuseDestructive(plan: Plan): void {
  const destructive = plan.changes.filter(change => change.risk === 'destructive')
  if (destructive.length === 0) return
  const named = destructive.map(({ action, id, reason }) => `\n  ${action} ${id}: ${reason}`).join('')
  throw new CliError('destructive', `this would lose data:${named}`, '--allow-destructive does it all the same')
}

async function confirm(): Promise<void> {
  const answer = await ask('Apply these changes?')
  if (answer === undefined)
    throw new CliError('not-confirmed', 'nobody is there to confirm', '--yes applies without asking')
  if (!answer) throw new CliError('not-confirmed', 'not confirmed: nothing was changed')
}
