import { CommandHelp, Help } from '@oclif/core'

const examples = `EXAMPLES
  A new project, running here with sample events

    $ rtdash init my-dashboard && cd my-dashboard
    $ rtdash dev --sample

  A change, from the file to the live system

    $ rtdash validate && rtdash plan -t prod
    $ rtdash apply -t prod && rtdash verify -t prod

EXIT CODES
  0 all is well   1 could not do its work   2 found something   130 interrupted
`

/** A command's help, with the description as written: the summary stands above it already. */
class PlainCommandHelp extends CommandHelp {
  protected override description(): string | undefined {
    const { description } = this.command
    return description ? this.wrap(description) : undefined
  }
}

/** The library's help, with examples on the first page too. */
export default class RtdashHelp extends Help {
  protected override CommandHelpClass = PlainCommandHelp

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp()
    this.log(examples)
  }
}
