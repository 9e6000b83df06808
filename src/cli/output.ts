import { createStyle, type Style } from '../format/style.js'

/** Where a command's words go: data to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean
  /** For text on stdout. */
  readonly style: Style
  /** For text on stderr. */
  readonly noteStyle: Style
  /** The command's result for people; nothing under `--json`. */
  text(text: string): void
  /** The command's one JSON document; nothing without `--json`. */
  document(value: unknown): void
  /** Progress and remarks; silent under `-q`. */
  note(text: string): void
  /** What only `-v` shows. */
  detail(text: string): void
}

/** Whether a stream gets colours: `--no-color` and NO_COLOR win, then FORCE_COLOR, then whether it is a terminal. */
export function useColor(stream: { isTTY?: boolean }, argv: readonly string[] = process.argv): boolean {
  if (argv.includes('--no-color') || (process.env.NO_COLOR ?? '') !== '') return false
  if ((process.env.FORCE_COLOR ?? '0') !== '0') return true
  return stream.isTTY === true
}

/** The output of one run with these flags. */
export function createOutput(flags: { json: boolean; quiet: boolean; verbose: boolean }): Output {
  const toStderr = (text: string) => void process.stderr.write(`${text}\n`)
  const toStdout = (text: string) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  const silent = () => {}
  return {
    json: flags.json,
    style: createStyle(useColor(process.stdout)),
    noteStyle: createStyle(useColor(process.stderr)),
    text: flags.json ? silent : toStdout,
    document: flags.json ? value => toStdout(JSON.stringify(value)) : silent,
    note: flags.quiet ? silent : toStderr,
    detail: flags.verbose ? toStderr : silent,
  }
}
