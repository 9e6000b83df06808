import { Command, Flags, type Interfaces } from '@oclif/core'
import { UsageError } from './errors.js'
import type { ExitCode } from './exitCodes.js'
import { createOutput, type Output } from './output.js'
import { reportError } from './reportError.js'

type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<(typeof BaseCommand)['baseFlags'] & T['flags']>
type ArgsOf<T extends typeof Command> = Interfaces.InferredArgs<T['args']>

/** What every command shares: the common flags, where output goes, and how failures are told. */
export abstract class BaseCommand<T extends typeof Command> extends Command {
  static override baseFlags = {
    file: Flags.string({
      char: 'f',
      description: 'the metrics file [default: the nearest metrics.yaml upward]',
      helpValue: 'PATH',
      helpGroup: 'COMMON',
    }),
    target: Flags.string({
      char: 't',
      description: 'which of the file’s targets',
      default: 'local',
      helpValue: 'NAME',
      helpGroup: 'COMMON',
    }),
    json: Flags.boolean({ description: 'one JSON document on stdout, nothing else there', helpGroup: 'COMMON' }),
    'no-color': Flags.boolean({ description: 'no colours (NO_COLOR=1 does the same)', helpGroup: 'COMMON' }),
    quiet: Flags.boolean({ char: 'q', description: 'no progress, no remarks', helpGroup: 'COMMON' }),
    verbose: Flags.boolean({ char: 'v', description: 'more detail, and stacks of errors', helpGroup: 'COMMON' }),
  }

  protected flags!: FlagsOf<T>
  protected args!: ArgsOf<T>
  protected output!: Output

  /** The command's own work; its result is the exit code. */
  protected abstract work(): Promise<ExitCode>

  async run(): Promise<ExitCode> {
    const { flags, args } = await this.parse({
      flags: this.ctor.flags,
      baseFlags: BaseCommand.baseFlags,
      args: this.ctor.args,
      strict: this.ctor.strict,
    })
    this.flags = flags as FlagsOf<T>
    this.args = args as ArgsOf<T>
    const { quiet, verbose } = this.flags
    const json = this.flags.json || ('format' in this.flags && this.flags.format === 'json')
    if (quiet && verbose) throw new UsageError('-q and -v exclude each other')
    this.output = createOutput({ json, quiet, verbose })
    try {
      return await this.work()
    } catch (error) {
      return reportError(error, { json, verbose })
    }
  }

  /** Failures before the flags are known go on to `main`, which tells about them. */
  protected override async catch(error: unknown): Promise<never> {
    throw error
  }
}
