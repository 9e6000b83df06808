import { BaseCommand } from '../cli/baseCommand.js'
import { serviceUrlOf } from '../cli/clickhouse.js'
import { withClients } from '../cli/clients.js'
import { engineStatus } from '../cli/engineStatus.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { lastApply } from '../cli/lastApply.js'
import { loadProject } from '../cli/project.js'
import { readStatus } from '../cli/service.js'
import { statusDocument, statusText } from '../format/status.js'

export default class Status extends BaseCommand<typeof Status> {
  static override summary = 'Show what is running, and how fresh it is.'
  static override description =
    `Versions, the last apply, viewers, events per second of each source, value and age of each metric;
brokers, lag, jobs and Redis where the target has them.
Where readers need a token, RTDASH_TOKEN holds it.`
  static override examples = [
    { description: 'The local stack', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Another target', command: '<%= config.bin %> <%= command.id %> -t prod' },
  ]

  protected async work(): Promise<ExitCode> {
    const { output } = this
    const project = await loadProject(this.flags, output)
    const url = await serviceUrlOf(project)
    return withClients(project, async clients => {
      const { clickhouse } = clients
      const [[row], service, engines] = await Promise.all([
        clickhouse.query<{ v: string }>('SELECT version() AS v'),
        url === undefined ? undefined : readStatus(url),
        engineStatus(project.model, clients),
      ])
      const status = {
        target: project.model.target.name,
        version: this.config.version,
        clickhouse: row?.v ?? '',
        url,
        service,
        engines,
        applied: await lastApply(clickhouse, project.model.project),
      }
      output.document(statusDocument(status))
      output.text(statusText(status, output.style))
      return exitCodes.ok
    })
  }
}
