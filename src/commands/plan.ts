import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { withLivePlan } from '../cli/livePlan.js'
import { writePlanFile } from '../cli/planFile.js'
import { planFlags } from '../cli/planFlags.js'
import { loadProject } from '../cli/project.js'
import { planDocument, planMarkdown, planText } from '../format/plan.js'

export default class Plan extends BaseCommand<typeof Plan> {
  static override summary = 'Show what apply would do to the live system.'
  static override description =
    `In order, with each change's risk and reason. The live system is the state: nothing else is read, nothing is changed.
With -v the statements are shown too.`
  static override examples = [
    { description: 'What would change', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Save it, for apply plan.json',
      command: '<%= config.bin %> <%= command.id %> -t prod -o plan.json',
    },
    {
      description: 'In CI: exit code 2 when there are changes',
      command: '<%= config.bin %> <%= command.id %> -t prod --detailed-exitcode',
    },
  ]
  static override flags = {
    out: Flags.string({ char: 'o', description: 'save the plan for apply', helpValue: 'FILE' }),
    format: Flags.option({ options: ['text', 'json', 'markdown'] as const })({
      description: 'json is the same as --json',
      default: 'text',
    }),
    ...planFlags,
    'detailed-exitcode': Flags.boolean({ description: 'exit code 2 when there are changes' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const plan = await withLivePlan(project, { allowRepartition: flags['allow-repartition'] }, async ({ plan }) => plan)
    if (flags.out !== undefined) await writePlanFile(flags.out, plan)
    output.document(planDocument(plan))
    if (flags.format === 'markdown') output.text(planMarkdown(plan, `Plan for ${plan.target}`))
    else output.text(planText(plan, output.style, { statements: flags.verbose }))
    if (flags.out !== undefined) output.note(`saved; apply it with: rtdash apply ${flags.out}`)
    return flags['detailed-exitcode'] && plan.changes.length > 0 ? exitCodes.found : exitCodes.ok
  }
}
