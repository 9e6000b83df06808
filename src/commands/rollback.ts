import { Args } from '@oclif/core'
import { accountOf } from '../cli/account.js'
import { applyFlags } from '../cli/applyFlags.js'
import { BaseCommand } from '../cli/baseCommand.js'
import { withClients } from '../cli/clients.js'
import { confirmAndApply } from '../cli/confirmAndApply.js'
import { CliError, InvalidFileError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { checkFile, loadProject, type Project } from '../cli/project.js'
import { formatText } from '../diagnostics/text.js'
import type { Account, Entry } from '../ledger/ledger.js'
import type { Model } from '../model/model.js'

export default class Rollback extends BaseCommand<typeof Rollback> {
  static override summary = 'Go back to what was applied before.'
  static override description =
    `Plans from what is live to the file as it was then, shows that and asks, like apply; how to reach the target comes from the file as it is now. States that were kept have their history; what was dropped since is filled again from raw, as far back as raw reaches.
The metrics file is not touched: take it back as well, or the next apply undoes the rollback.`
  static override examples = [
    { description: 'To the apply before the last', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'To one that history lists',
      command: '<%= config.bin %> <%= command.id %> 5f0c2b1a -t prod --yes',
    },
  ]
  static override args = {
    id: Args.string({ description: 'an apply that history lists [default: the one before the last]' }),
  }
  static override flags = applyFlags

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const project = await loadProject(flags, output)
    const [{ compile }, { plan: makePlan }, { readHistory, findEntry, previousEntry }] = await Promise.all([
      import('../compile/compile.js'),
      import('../plan/plan.js'),
      import('../ledger/ledger.js'),
    ])
    return withClients(project, async clients => {
      const entries = await readHistory(clients.clickhouse, project.model.project)
      const entry = args.id === undefined ? previousEntry(entries) : findEntry(entries, args.id)
      const compiled = compile(await modelOf(entry, project))
      const again = () => makePlan(compiled, clients, { allowRepartition: flags['allow-repartition'] })
      output.note(`back to ${entry.id}, applied ${new Date(entry.at).toISOString()}${fromCommit(entry)}`)
      const account = () => accountOfReturn(entry, project)
      const code = await confirmAndApply({ plan: await again(), compiled, clients, again }, { flags, account }, output)
      if (code === exitCodes.ok)
        output.note(
          `${project.file} is as it was: take the earlier one${fromCommit(entry)}, or the next apply undoes this`,
        )
      return code
    })
  }
}

/** Who goes back now, with the files and the commit of then. */
async function accountOfReturn({ id, files = [], by: then }: Entry, project: Project): Promise<Account> {
  const now = await accountOf(project, 'rollback')
  const { commit: _, dirty: __, ...who } = now.by
  const from = {
    ...(then.commit !== undefined && { commit: then.commit }),
    ...(then.dirty !== undefined && { dirty: then.dirty }),
  }
  return { ...now, by: { ...who, ...from }, files, backTo: id }
}

const fromCommit = ({ by }: Entry): string =>
  by.commit === undefined ? '' : ` from commit ${by.commit.slice(0, 10)}${by.dirty ? ' (with changes)' : ''}`

/** What the file of that apply means, on the target as it is reached now. */
async function modelOf(entry: Entry, { model: now }: Project): Promise<Model> {
  const { files } = entry
  if (files === undefined)
    throw new CliError(
      'no-file-kept',
      `the ledger has no file for apply ${entry.id}`,
      'check out its commit, and run rtdash apply',
    )
  const { withFiles } = await import('../ledger/files.js')
  return withFiles(files, async file => {
    const { model, diagnostics, texts } = await checkFile(file, now.target.name)
    if (model === undefined)
      throw new InvalidFileError(
        `the file of ${entry.id}`,
        formatText(diagnostics, texts, { color: false }),
        diagnostics,
      )
    return { ...model, target: now.target }
  })
}
