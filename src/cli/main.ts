import { fileURLToPath } from 'node:url'
import { Config, flush, run, settings } from '@oclif/core'
import { didYouMean } from '../expr/suggest.js'
import { UsageError } from './errors.js'
import { type ExitCode, exitCodes } from './exitCodes.js'
import { reportError } from './reportError.js'

/** Runs the command line once, from `argv` without the program's name; `root` is the package's folder. Sets the exit code. */
export async function main(argv: readonly string[], root: URL): Promise<void> {
  // A command always comes from dist/, whatever NODE_ENV says.
  settings.enableAutoTranspile = false
  process.stdout.on('error', endOfPipe)
  process.exitCode = await runOnce(helpFlagFor(argv), root)
  await flush()
}

/** `rtdash graph | head` reads no further: that is no failure. */
function endOfPipe(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
}

/** `rtdash help plan` is `rtdash plan --help`. */
const helpFlagFor = (argv: readonly string[]): string[] =>
  argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]

async function runOnce(argv: string[], root: URL): Promise<ExitCode> {
  const config = await Config.load({ root: fileURLToPath(root) })
  try {
    // Each command yields its exit code; help and the shell completion yield nothing.
    const code: unknown = await run(argv, config)
    return typeof code === 'number' ? (code as ExitCode) : exitCodes.ok
  } catch (error) {
    if (isExit(error)) return error.oclif.exit
    const flags = { json: argv.includes('--json'), verbose: argv.includes('-v') || argv.includes('--verbose') }
    return reportError(unknownCommand(error, argv[0] ?? '', config.commandIDs) ?? error, flags)
  }
}

/** The library throws to leave early, after `--help` for one. */
const isExit = (error: unknown): error is { oclif: { exit: ExitCode } } =>
  error instanceof Error && 'code' in error && error.code === 'EEXIT'

function unknownCommand(error: unknown, word: string, commands: readonly string[]): UsageError | undefined {
  if (!(error instanceof Error) || !/^command .* not found\.?$/i.test(error.message)) return undefined
  return new UsageError(`no command "${word}"`, didYouMean(word, commands) ?? 'rtdash --help lists the commands')
}
