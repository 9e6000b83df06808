import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { compareFolder, writeFolder } from '../cli/buildFolder.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { counted } from '../format/counted.js'

export default class Compile extends BaseCommand<typeof Compile> {
  static override summary = 'Write every artefact for the target.'
  static override description =
    `Tables, views, jobs, topics and the service's configuration as files, byte for byte the same for the same input.
Files in the folder that are not part of the result are removed, if rtdash wrote them.`
  static override examples = [
    { description: 'Into build/', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'For another target, elsewhere',
      command: '<%= config.bin %> <%= command.id %> -t prod -o build/prod',
    },
    {
      description: 'In CI: fail when the committed files are out of date',
      command: '<%= config.bin %> <%= command.id %> --check',
    },
  ]
  static override flags = {
    out: Flags.string({ char: 'o', description: 'folder to write to', default: 'build', helpValue: 'DIR' }),
    check: Flags.boolean({ description: 'write nothing; exit code 2 when the folder is out of date' }),
  }

  protected async work(): Promise<ExitCode> {
    const { output } = this
    const { out, check } = this.flags
    const { model } = await loadProject(this.flags, output)
    const { compile } = await import('../compile/compile.js')
    const { renderFiles } = await import('../compile/renderFiles.js')
    const files = renderFiles(compile(model))
    const names = [...files.keys()].sort()
    if (check) {
      const outdated = await compareFolder(out, files)
      output.document({ ok: outdated.length === 0, out, files: names, outdated })
      for (const { file, state } of outdated) output.text(`${output.style.yellow(state)} ${file}`)
      if (outdated.length === 0) output.note(`${out} is up to date`)
      return outdated.length === 0 ? exitCodes.ok : exitCodes.found
    }
    await writeFolder(out, files)
    output.document({ ok: true, out, files: names })
    for (const name of names) output.text(name)
    output.note(`${counted(names.length, 'file')} in ${out}`)
    return exitCodes.ok
  }
}
