import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { loadProject } from '../cli/project.js'

export default class Graph extends BaseCommand<typeof Graph> {
  static override summary = 'Draw the way of the data, from sources to channels.'
  static override description = 'source → topic → job → table → view → metric → channel'
  static override examples = [
    { description: 'For a README on GitHub', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'As a picture, with Graphviz',
      command: '<%= config.bin %> <%= command.id %> --format dot | dot -Tsvg > graph.svg',
    },
  ]
  static override flags = {
    format: Flags.option({ options: ['mermaid', 'dot', 'json'] as const })({
      description: 'json is the same as --json',
      default: 'mermaid',
    }),
  }

  protected async work(): Promise<ExitCode> {
    const { model } = await loadProject(this.flags, this.output)
    const [{ planRollups }, { graphOf }, { mermaid }, { dot }] = await Promise.all([
      import('../compile/planRollups.js'),
      import('../graph/graph.js'),
      import('../graph/mermaid.js'),
      import('../graph/dot.js'),
    ])
    const graph = graphOf(model, planRollups(model))
    this.output.document(graph)
    this.output.text(this.flags.format === 'dot' ? dot(graph) : mermaid(graph))
    return exitCodes.ok
  }
}
