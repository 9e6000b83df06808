import { writeFile } from 'node:fs/promises'
import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/baseCommand.js'
import { CliError, UsageError } from '../cli/errors.js'
import { type ExitCode, exitCodes } from '../cli/exitCodes.js'
import { profileOfTable, profileOfTopic } from '../cli/importProfile.js'
import type { SourceProfile } from '../import/profile.js'

export default class Import extends BaseCommand<typeof Import> {
  static override summary = 'Make a first metrics file from a ClickHouse table or a Kafka topic.'
  static override description =
    `Columns, types, likely timestamp, key, id and dimensions, and a first set of metrics, with
the reasons as comments, and what a sample cannot tell. It reads and changes nothing there.
Account and TLS of Kafka come from RTDASH_KAFKA_…, as everywhere.`
  static override examples = [
    {
      description: 'From a table',
      command: '<%= config.bin %> <%= command.id %> --clickhouse shop.orders --url https://user:password@host:8443',
    },
    {
      description: 'From a topic, into a file',
      command: '<%= config.bin %> <%= command.id %> --topic page-views --brokers host:9092 -o metrics.yaml',
    },
  ]
  static override flags = {
    clickhouse: Flags.string({ description: 'the table, as database.table', helpValue: 'TABLE', exclusive: ['topic'] }),
    topic: Flags.string({ description: 'the topic', helpValue: 'TOPIC' }),
    url: Flags.string({
      description: 'ClickHouse [default: CLICKHOUSE_URL, else the local stack of this folder]',
    }),
    brokers: Flags.string({
      description: 'Kafka’s brokers [default: KAFKA_BROKERS]',
      helpValue: 'HOST:PORT,…',
    }),
    out: Flags.string({ char: 'o', description: 'where to write it; stdout without', helpValue: 'FILE' }),
  }

  protected async work(): Promise<ExitCode> {
    const { flags, output } = this
    const { metricsFile } = await import('../import/write.js')
    const profile = await this.profile()
    const text = metricsFile(profile)
    if (flags.out !== undefined) await writeNew(flags.out, text)
    const { kind, from, sampled, columns, leftOut } = profile
    output.document({
      ok: true,
      from: { kind, name: from, sampled },
      columns: columns.map(({ name, type, distinct, absent }) => ({ name, type, distinct, absent })),
      left_out: leftOut,
      out: flags.out ?? null,
      ...(flags.out === undefined && { text }),
    })
    if (flags.out === undefined) output.text(text)
    else output.note(`${flags.out}: look through it, then: rtdash validate -f ${flags.out}`)
    return exitCodes.ok
  }

  private profile(): Promise<SourceProfile> {
    const { clickhouse, topic, url, brokers } = this.flags
    if (clickhouse !== undefined) return profileOfTable(clickhouse, url)
    if (topic !== undefined) return profileOfTopic(topic, brokers)
    throw new UsageError('say what to import', 'add --clickhouse database.table or --topic NAME')
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new CliError('file-exists', `${path} is there already`, 'give another name to -o, or move it away')
  }
}
