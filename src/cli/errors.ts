import type { Diagnostic } from '../model/diagnostic.js'

/** An error that a user can do something about: `code` is stable, `fix` says what to do next. */
export class CliError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fix?: string,
  ) {
    super(message)
    this.name = 'CliError'
  }
}

/** A command, flag or argument that does not exist or does not fit. */
export class UsageError extends CliError {
  constructor(message: string, fix?: string) {
    super('usage', message, fix)
    this.name = 'UsageError'
  }
}

/** The metrics file has errors. `text` is what people read, `findings` what programs do. */
export class InvalidFileError extends CliError {
  constructor(
    file: string,
    readonly text: string,
    readonly findings: readonly Diagnostic[],
  ) {
    const errors = findings.filter(finding => finding.severity === 'error').length
    super('invalid-file', `${file} has ${errors} ${errors === 1 ? 'error' : 'errors'}`)
    this.name = 'InvalidFileError'
  }
}

/** The user stopped the work (Ctrl-C): exit code 130. */
export class InterruptedError extends CliError {
  constructor() {
    super('interrupted', 'interrupted')
    this.name = 'InterruptedError'
  }
}
