import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { findFile } from '../cli/findFile.js'
import { folderOf } from '../cli/project.js'
import { stopProcess } from '../cli/stopProcess.js'

export default class Down extends BaseCommand<typeof Down> {
  static override summary = 'Stop the local stack.'
  static override description =
    `Ends what up or dev started for this metrics file, from any terminal, and waits until it is gone.
The data stay in .rtdash; the next up goes on with them.`
  static override examples = [{ description: 'Stop it', command: '<%= config.bin %> <%= command.id %>' }]

  protected async work(): Promise<ExitCode> {
    const dir = folderOf(findFile(this.flags.file))
    const { findLocal } = await import('../embedded/local.js')
    const stack = await findLocal(dir)
    if (stack !== undefined) await stopProcess(stack.service.pid)
    this.output.document({ ok: true, stopped: stack !== undefined, ...(stack && { pid: stack.service.pid }) })
    this.output.text(stack === undefined ? 'not running' : `stopped (pid ${stack.service.pid})`)
    return exitCodes.ok
  }
}
