import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import type { Lag } from '../lag.js'
import type { Log, Role } from '../options.js'
import { createGroupLags } from './groupLags.js'
import type { LoaderStats } from './stats.js'

/** What a process of the service does through Kafka, beside taking events in and reading Flink's values. */
export interface KafkaLink {
  readonly lag: Lag
  /** Where it has the role. */
  readonly load: () => readonly LoaderStats[]
  stop(): Promise<void>
}

interface LinkParts {
  readonly kafka: KafkaConnection
  readonly roles: readonly Role[]
  readonly config: () => ServiceConfig | undefined
  readonly clickhouse: ClickHouse
  readonly log: Log
}

/** Starts the loader where it is wanted, and follows how far all loaders are behind. The driver is loaded here, not before. */
export async function linkKafka({ kafka, roles, config, clickhouse, log }: LinkParts): Promise<KafkaLink> {
  const [{ createKafkaAdmin }, { createLoader }] = await Promise.all([
    import('../../clients/kafka/admin.js'),
    import('./loader.js'),
  ])
  const admin = createKafkaAdmin(kafka)
  const lag = createGroupLags({ kafka: admin, config, log })
  const loader = roles.includes('load') ? createLoader({ config, clickhouse, kafka, log }) : undefined
  loader?.start()
  return {
    lag,
    load: () => loader?.stats() ?? [],
    stop: async () => {
      lag.stop()
      await loader?.stop()
      await admin.close()
    },
  }
}
