import { clickhouseFromUrl } from '../import/address.js'
import type { SourceProfile } from '../import/profile.js'
import { CliError, InterruptedError, UsageError } from './errors.js'
import { listenForInterruption } from './signals.js'

/** What a table shows; `url` defaults to CLICKHOUSE_URL, else to the local stack of this folder. */
export async function profileOfTable(table: string, url: string | undefined): Promise<SourceProfile> {
  const [{ createClickHouse }, { profileTable }] = await Promise.all([
    import('../clients/clickhouse.js'),
    import('../import/table.js'),
  ])
  const address = url ?? process.env.CLICKHOUSE_URL
  const client = createClickHouse(address ? clickhouseFromUrl(address) : await localStack())
  try {
    return await profileTable(client, table)
  } finally {
    await client.close()
  }
}

/** What a topic's newest records show; `brokers` defaults to KAFKA_BROKERS. */
export async function profileOfTopic(topic: string, brokers: string | undefined): Promise<SourceProfile> {
  const address = brokers ?? process.env.KAFKA_BROKERS
  if (!address) throw new UsageError('which brokers?', 'add --brokers host:9092, or set KAFKA_BROKERS')
  const [{ kafkaConnection }, { createKafkaAdmin }, { profileTopic }] = await Promise.all([
    import('../clients/kafka/connection.js'),
    import('../clients/kafka/admin.js'),
    import('../import/topic.js'),
  ])
  const connection = kafkaConnection(address, process.env)
  const admin = createKafkaAdmin(connection)
  const interruption = listenForInterruption()
  try {
    return await profileTopic(connection, admin, topic, interruption.signal)
  } catch (error) {
    throw interruption.received() === undefined ? error : new InterruptedError()
  } finally {
    interruption.dispose()
    await admin.close()
  }
}

async function localStack() {
  const { findLocal } = await import('../embedded/local.js')
  const stack = await findLocal(process.cwd())
  if (stack !== undefined) return stack.clickhouse
  throw new CliError(
    'no-address',
    'where is ClickHouse?',
    'add --url http://user:password@host:8123, or set CLICKHOUSE_URL',
  )
}
