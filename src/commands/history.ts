import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { clickhouseOf } from '../cli/clickhouse.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { entryText, historyDocument, historyText } from '../format/history.js'

export default class History extends BaseCommand<typeof History> {
  static override summary = 'Show what was applied, when, by whom, and from which commit.'
  static override description =
    `The newest first, from the ledger in the live system. With an id, the changes of that one.
rollback goes back to one of them.`
  static override examples = [
    { description: 'The last ones', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'What one of them did', command: '<%= config.bin %> <%= command.id %> 5f0c2b1a -t prod' },
    { description: 'For programs', command: '<%= config.bin %> <%= command.id %> --limit 100 --json' },
  ]
  static override args = {
    id: Args.string({ description: 'just this apply, with its changes' }),
  }
  static override flags = {
    limit: Flags.integer({ description: 'so many at most', default: 20, min: 1, max: 10_000, helpValue: 'N' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, args, output } = this
    const project = await loadProject(flags, output)
    const [{ createClickHouse }, { readHistory, findEntry }] = await Promise.all([
      import('../clients/clickhouse.js'),
      import('../ledger/ledger.js'),
    ])
    const clickhouse = createClickHouse({ ...(await clickhouseOf(project)), timeout: 10_000 })
    try {
      const read = (limit?: number) => readHistory(clickhouse, project.model.project, limit)
      const entries = args.id === undefined ? await read(flags.limit) : [findEntry(await read(), args.id)]
      output.document(historyDocument(entries))
      output.text(args.id === undefined ? historyText(entries, output.style) : entryText(entries[0]!, output.style))
      return exitCodes.ok
    } finally {
      await clickhouse.close()
    }
  }
}
