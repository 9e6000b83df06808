import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { clickhouseOf } from '../cli/clickhouse.js'
import { kafkaConnectionOf } from '../cli/clients.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { portFlag } from '../cli/portFlag.js'
import { loadProject } from '../cli/project.js'
import { rolesFlag, rolesOfFlag } from '../cli/rolesFlag.js'
import { settingValue } from '../cli/settings.js'
import { listenForInterruption } from '../cli/signals.js'
import { webDir } from '../cli/stack.js'

export default class Serve extends BaseCommand<typeof Serve> {
  static override summary = 'Run the service of the compiled pipeline.'
  static override description =
    `Against the target's ClickHouse; it takes up what apply has written there, without a restart.
Beyond loopback readers need a token: set RTDASH_JWT_SECRET or RTDASH_JWT_PUBLIC_KEY, and RTDASH_JWT_AUDIENCE; writers need one of RTDASH_WRITE_TOKENS.`
  static override examples = [
    { description: 'All of it in one process', command: '<%= config.bin %> <%= command.id %> -t prod' },
    {
      description: 'The write path alone, on every interface',
      command: '<%= config.bin %> <%= command.id %> -t prod --role ingest --host 0.0.0.0',
    },
    {
      description: 'What works in the background, apart from those who serve',
      command: '<%= config.bin %> <%= command.id %> -t prod --role load,publish',
    },
  ]
  static override flags = {
    role: rolesFlag(),
    host: Flags.string({ description: 'address to listen on', default: '127.0.0.1' }),
    port: portFlag(),
    state: Flags.string({
      description: 'folder for what must outlive the process',
      default: '.rtdash',
      helpValue: 'DIR',
    }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const { redis } = project.model.target
    const kafka = await kafkaConnectionOf(project)
    const roles = rolesOfFlag(flags.role, kafka !== undefined)
    const { createClickHouse } = await import('../clients/clickhouse.js')
    const { startService } = await import('../service/server.js')
    const interruption = listenForInterruption()
    const clickhouse = createClickHouse(await clickhouseOf(project))
    try {
      const service = await startService({
        clickhouse,
        database: project.model.project,
        host: flags.host,
        port: flags.port,
        roles,
        stateDir: resolve(flags.state),
        webDir,
        redis: redis && { url: settingValue(redis.url) },
        kafka,
        log: output.note,
      })
      output.document({ ok: true, url: service.url, pid: process.pid })
      output.text(service.url)
      await interruption.happened
      output.note('stopping')
      await service.stop()
    } finally {
      await clickhouse.close()
    }
    return interruption.received() === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
  }
}
