import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { withLivePlan } from '../cli/livePlan.js'
import { writePlanFile } from '../cli/planFile.js'
import { planFlags } from '../cli/planFlags.js'
import { loadProject } from '../cli/project.js'
import { planFormatFlag, showPlan } from '../cli/showPlan.js'
import { planDocument } from '../format/plan.js'

export default class Plan extends BaseCommand<typeof Plan> {
  static override summary = 'Show what apply would do to the live system.'
  static override description =
    `Grouped by thing, the risky first, with each change's risk and reason, and what the lints say about the change.
The live system is the state: nothing else is read, nothing is changed.
With -v every change is shown, in the order of execution, with its statements.`
  static override examples = [
    { description: 'What would change', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Save it, for apply plan.json',
      command: '<%= config.bin %> <%= command.id %> -t prod -o plan.json',
    },
    {
      description: 'As a comment on a pull request',
      command: '<%= config.bin %> <%= command.id %> -t prod --format markdown',
    },
    {
      description: 'In CI: exit code 2 when there are changes',
      command: '<%= config.bin %> <%= command.id %> -t prod --detailed-exitcode',
    },
  ]
  static override flags = {
    out: Flags.string({ char: 'o', description: 'save the plan for apply', helpValue: 'FILE' }),
    ...planFormatFlag,
    ...planFlags,
    'detailed-exitcode': Flags.boolean({ description: 'exit code 2 when there are changes' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const options = { allowRepartition: flags['allow-repartition'] }
    const { plan, review } = await withLivePlan(project, options, async ({ plan, clients }) => {
      const { reviewLive } = await import('../cli/reviewChange.js')
      return { plan, review: await reviewLive(plan, project, clients.clickhouse) }
    })
    const saved = { ...plan, findings: review.findings }
    if (flags.out !== undefined) await writePlanFile(flags.out, saved)
    output.document(planDocument(plan, review.findings))
    showPlan({ plan, review, title: `Plan for ${plan.target}` }, flags, output)
    if (flags.out !== undefined) output.note(`saved; apply it with: rtdash apply ${flags.out}`)
    return flags['detailed-exitcode'] && plan.changes.length > 0 ? exitCodes.found : exitCodes.ok
  }
}
