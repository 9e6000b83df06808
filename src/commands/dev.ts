import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { runDev } from '../cli/dev.js'
import type { ExitCode } from '../cli/exitCodes.js'
import { findFile } from '../cli/findFile.js'
import { portFlag } from '../cli/portFlag.js'

export default class Dev extends BaseCommand<typeof Dev> {
  static override summary = 'Run everything on this machine and follow the metrics file.'
  static override description = `Starts the local stack, applies the file, shows the dashboard, and applies each save.
A save with errors is told and changes nothing. A change that would lose data is left out and named: rtdash apply --allow-destructive makes it.`
  static override examples = [
    { description: 'With events of your own', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'With realistic sample events', command: '<%= config.bin %> <%= command.id %> --sample' },
    { description: 'Next to another one', command: '<%= config.bin %> <%= command.id %> --sample --port 0' },
  ]
  static override flags = {
    sample: Flags.boolean({ description: 'stream realistic events into every source' }),
    rate: Flags.integer({ helpValue: 'N', description: 'sample events per second and source', default: 200, min: 1 }),
    port: portFlag(),
  }

  protected async work(): Promise<ExitCode> {
    const { file, target, port, sample, rate } = this.flags
    return runDev({ file: findFile(file), target, port, ...(sample ? { rate } : {}) }, this.output)
  }
}
