import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'
import { doctorText } from '../format/doctor.js'

export default class Doctor extends BaseCommand<typeof Doctor> {
  static override summary = 'Look at every component of a target, and say what to do.'
  static override description =
    `Versions, reachability, permissions, disk space and clock skew of this machine, ClickHouse,
Kafka, Flink, Redis and the service. Nothing is changed. Exit code 2 when a problem is
found.`
  static override examples = [
    { description: 'This machine and the local stack', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Every engine of a target', command: '<%= config.bin %> <%= command.id %> -t prod' },
  ]

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const project = await loadProject(flags, output)
    const { examine } = await import('../doctor/doctor.js')
    const report = await examine(project)
    output.document(report)
    output.text(doctorText(report, output.style))
    return report.ok ? exitCodes.ok : exitCodes.found
  }
}
