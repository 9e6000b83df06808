import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { findFile } from '../cli/findFile.js'
import { checkFile } from '../cli/project.js'
import { formatGithub } from '../diagnostics/github.js'
import { toJson } from '../diagnostics/json.js'
import { formatSarif } from '../diagnostics/sarif.js'
import { formatText } from '../diagnostics/text.js'
import { counted } from '../format/counted.js'
import type { Diagnostic } from '../model/diagnostic.js'

export default class Validate extends BaseCommand<typeof Validate> {
  static override summary = 'Check the metrics file: schema, references, types, lints.'
  static override description = `Prints every finding, not only the first, each with its place and a way out.
Exit code 2 when there is an error; warnings alone leave it 0.`
  static override examples = [
    { description: 'Check the nearest metrics.yaml', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Annotate a pull request, in a GitHub workflow',
      command: '<%= config.bin %> <%= command.id %> --format github',
    },
    {
      description: 'A report for code scanning',
      command: '<%= config.bin %> <%= command.id %> --format sarif > rtdash.sarif',
    },
  ]
  static override flags = {
    format: Flags.option({ options: ['text', 'github', 'sarif'] as const })({
      description: 'text with frames, GitHub annotations, or SARIF 2.1.0',
      default: 'text',
    }),
  }

  protected async work(): Promise<ExitCode> {
    const file = findFile(this.flags.file)
    const { diagnostics, texts } = await checkFile(file, this.flags.target)
    const { output } = this
    output.document(toJson(diagnostics))
    if (this.flags.format === 'sarif') output.text(formatSarif(diagnostics, this.config.version))
    else if (diagnostics.length > 0) {
      const github = this.flags.format === 'github'
      output.text(github ? formatGithub(diagnostics) : formatText(diagnostics, texts, { color: output.style.enabled }))
    }
    if (!output.json) output.note(summary(file, diagnostics))
    return diagnostics.some(({ severity }) => severity === 'error') ? exitCodes.found : exitCodes.ok
  }
}

function summary(file: string, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return `${file}: no findings`
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  return `${file}: ${counted(errors, 'error')}, ${counted(diagnostics.length - errors, 'warning')}`
}
