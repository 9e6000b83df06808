import { BaseCommand } from '../cli/baseCommand.js'
import { clickhouseOf, serviceUrlOf } from '../cli/clickhouse.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { lastApply } from '../cli/lastApply.js'
import { loadProject } from '../cli/project.js'
import { readStatus } from '../cli/service.js'
import { statusDocument, statusText } from '../format/status.js'

export default class Status extends BaseCommand<typeof Status> {
  static override summary = 'Show what is running, and how fresh it is.'
  static override description =
    `Versions, the last apply, viewers, events per second of each source, value and age of each metric.
Where readers need a token, RTDASH_TOKEN holds it.`
  static override examples = [
    { description: 'The local stack', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Another target', command: '<%= config.bin %> <%= command.id %> -t prod' },
  ]

  protected async work(): Promise<ExitCode> {
    const { output } = this
    const project = await loadProject(this.flags, output)
    const url = await serviceUrlOf(project)
    const { createClickHouse } = await import('../clients/clickhouse.js')
    const clickhouse = createClickHouse({ ...(await clickhouseOf(project)), timeout: 10_000 })
    try {
      const [row] = await clickhouse.query<{ v: string }>('SELECT version() AS v')
      const status = {
        target: project.model.target.name,
        version: this.config.version,
        clickhouse: row?.v ?? '',
        url,
        service: url === undefined ? undefined : await readStatus(url),
        applied: await lastApply(clickhouse, project.model.project),
      }
      output.document(statusDocument(status))
      output.text(statusText(status, output.style))
      return exitCodes.ok
    } finally {
      await clickhouse.close()
    }
  }
}
