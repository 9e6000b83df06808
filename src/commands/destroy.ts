import { Flags } from '@oclif/core'
import { accountOf } from '../cli/account.js'
import { applyChanges, changedMeanwhile } from '../cli/applyChanges.js'
import { askFor } from '../cli/ask.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { withClients } from '../cli/clients.js'
import { refuseDestructive } from '../cli/confirm.js'
import { CliError } from '../cli/errors.js'
import type { ExitCode } from '../cli/exitCodes.js'
import { lockFlags } from '../cli/lockFlags.js'
import { loadProject } from '../cli/project.js'
import { nothingApplied, tellApplied } from '../cli/tellApplied.js'
import { planText } from '../format/plan.js'
import type { Plan } from '../model/plan.js'

export default class Destroy extends BaseCommand<typeof Destroy> {
  static override summary = 'Take everything away that was made for this project.'
  static override description =
    `Jobs, topics, views and tables with all that is in them; the ledger goes last. It shows what is lost, and asks for the project's name; --yes with --allow-destructive does not ask. What others made stays, and is named.
The metrics file is not touched: apply makes everything anew, empty.`
  static override examples = [
    { description: 'Look, then type the name', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Without a question',
      command: '<%= config.bin %> <%= command.id %> -t staging --yes --allow-destructive',
    },
  ]
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
    'allow-destructive': Flags.boolean({ description: 'also what holds data' }),
    ...lockFlags,
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const { project: name } = project.model
    const [{ compile }, { planDestroy }] = await Promise.all([
      import('../compile/compile.js'),
      import('../plan/destroy.js'),
    ])
    const compiled = compile(project.model)
    return withClients(project, async clients => {
      const again = () => planDestroy(compiled, clients)
      const plan = await again()
      output.note(planText(plan, output.noteStyle, { statements: flags.verbose }))
      if (plan.changes.length === 0 && flags['force-unlock'] === undefined) return tellApplied(nothingApplied, output)
      if (flags.yes && !flags['allow-destructive']) refuseDestructive(plan)
      if (!flags.yes) await confirmName(name)
      const applied = await applyChanges(
        { plan, compiled, clients, again },
        plan,
        {
          account: await accountOf(project, 'destroy'),
          allowDestructive: true,
          lock: flags,
          again,
          onOther: other => onOther(plan, other, flags.yes),
          removeLock: true,
        },
        output,
      )
      return tellApplied(applied, output)
    })
  }
}

/** Rows that came meanwhile change nothing about what was allowed; another thing to be lost does. */
function onOther(shown: Plan, now: Plan, yes: boolean): void {
  const known = new Set(shown.changes.map(({ id }) => id))
  if (!yes && now.changes.some(({ id }) => !known.has(id))) throw changedMeanwhile()
}

async function confirmName(name: string): Promise<void> {
  const answer = await askFor(`All of this will be gone. Type ${name} to go on:`)
  if (answer === undefined)
    throw new CliError(
      'not-confirmed',
      'nobody is there to confirm',
      '--yes --allow-destructive destroys without asking',
    )
  if (answer !== name) throw new CliError('not-confirmed', `that is not ${name}: nothing was changed`)
}
