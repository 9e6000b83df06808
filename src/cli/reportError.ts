import { redact } from '../config/redact.js'
import { toJson } from '../diagnostics/json.js'
import { createStyle } from '../format/style.js'
import { CliError, InterruptedError, InvalidFileError, UsageError } from './errors.js'
import { type ExitCode, exitCodes } from './exitCodes.js'
import { useColor } from './output.js'

/** What `--json` prints when a command could not do its work (schemas/error.schema.json). */
export interface ErrorDocument {
  readonly ok: false
  readonly error: {
    readonly code: string
    readonly message: string
    readonly fix?: string
    readonly findings?: unknown
  }
}

/** Tells about a failure on stderr, or as the one JSON document on stdout, and yields the exit code for it. */
export function reportError(error: unknown, options: { json: boolean; verbose: boolean }): ExitCode {
  const document = errorDocument(error)
  // What servers and drivers say may hold what they were told.
  if (options.json) process.stdout.write(`${redact(JSON.stringify(document))}\n`)
  else process.stderr.write(redact(errorText(error, document, options.verbose)))
  return error instanceof InterruptedError ? exitCodes.interrupted : exitCodes.failed
}

/** Any thrown thing as the stable form: code, message, and the way out where one is known. */
export function errorDocument(error: unknown): ErrorDocument {
  const { code, message, fix } = describe(error)
  const findings = error instanceof InvalidFileError ? { findings: toJson(error.findings).findings } : {}
  return { ok: false, error: { code, message, ...(fix === undefined ? {} : { fix }), ...findings } }
}

function describe(error: unknown): { code: string; message: string; fix?: string } {
  if (!(error instanceof Error)) return { code: 'failed', message: String(error) }
  const fix = 'fix' in error && typeof error.fix === 'string' ? { fix: error.fix } : {}
  if ('parse' in error && 'oclif' in error) return { code: 'usage', message: withoutHint(error.message), fix: usageFix }
  return { code: codeOf(error), message: withoutHint(error.message) || error.name, ...fix }
}

/** An error's own code where it has one in words, else its class: AlreadyRunningError is `already-running`. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string' && /^[a-z][a-z-]*$/i.test(error.code)) return error.code
  const name = error.name.replace(/Error$/, '').replace('ClickHouse', 'Clickhouse')
  if (name === '' || error instanceof TypeError || error instanceof RangeError) return 'failed'
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
}

const usageFix = 'the same command with --help lists its flags and arguments'

/** The flag parser puts words before and after the messages of errors in flags. */
const withoutHint = (message: string): string =>
  (message.split('\nSee more help with --help')[0] ?? '').replace(/^Parsing (--\S+) \n\t/, '$1: ').trim()

function errorText(error: unknown, { error: { message, fix } }: ErrorDocument, verbose: boolean): string {
  const style = createStyle(useColor(process.stderr))
  const findings = error instanceof InvalidFileError ? `${error.text}\n` : ''
  const lines = [`${style.red('error')} ${message}`]
  if (fix !== undefined) lines.push(`  ${style.dim('→')} ${fix}`)
  if (verbose && error instanceof Error && !(error instanceof UsageError) && error.stack !== undefined)
    lines.push(style.dim(error.stack))
  else if (!(error instanceof CliError) && error instanceof TypeError) lines.push(style.dim('  -v shows where'))
  return `${findings}${lines.join('\n')}\n`
}
