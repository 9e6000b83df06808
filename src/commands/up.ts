import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { startDetached } from '../cli/detached.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { portFlag } from '../cli/portFlag.js'
import { loadProject } from '../cli/project.js'
import { listenForInterruption } from '../cli/signals.js'
import { startStack } from '../cli/stack.js'

export default class Up extends BaseCommand<typeof Up> {
  static override summary = 'Start the local stack: ClickHouse, ingest, push and the dashboard.'
  static override description =
    `Runs until Ctrl-C, or until rtdash down from another terminal. It changes nothing: plan and apply do.
The addresses are kept in .rtdash/local.json, where the other commands find them.`
  static override examples = [
    { description: 'In the foreground', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In the background, on a free port',
      command: '<%= config.bin %> <%= command.id %> --detach --port 0',
    },
  ]
  static override flags = {
    detach: Flags.boolean({ description: 'return as soon as it serves; the log is .rtdash/up.log' }),
    port: portFlag(),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const { dir, file, model } = await loadProject(flags, output)
    if (flags.detach) {
      const stack = await startDetached({ dir, file, port: flags.port, target: flags.target })
      this.show(stack.service)
      return exitCodes.ok
    }
    const interruption = listenForInterruption()
    const stack = await startStack({ dir, project: model.project, port: flags.port, log: output.note })
    this.show({ url: stack.url, pid: process.pid })
    const lost = await Promise.race([interruption.happened, stack.lost])
    if (!lost) output.note('stopping')
    await stack.stop()
    if (lost) throw lost
    // `down` ends it with SIGTERM: that is what was asked for, and no interruption.
    return interruption.received() === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok
  }

  private show({ url, pid }: { url: string; pid: number }): void {
    this.output.document({ ok: true, url, pid })
    this.output.text(url)
  }
}
