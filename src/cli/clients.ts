import type { Clients } from '../targets/live.js'
import { clickhouseOf } from './clickhouse.js'
import type { Project } from './project.js'
import { settingValue } from './settings.js'

/** Connects to every engine that the target has, hands the clients to `use`, and disconnects. Drivers are loaded as needed. */
export async function withClients<T>(project: Project, use: (clients: Clients) => Promise<T>): Promise<T> {
  const { createClickHouse } = await import('../clients/clickhouse.js')
  const clients: Clients = {
    clickhouse: createClickHouse(await clickhouseOf(project)),
    ...(await kafkaOf(project)),
    ...(await flinkOf(project)),
    ...(await redisOf(project)),
  }
  try {
    return await use(clients)
  } finally {
    await Promise.all([
      clients.clickhouse.close(),
      clients.kafka?.close(),
      clients.flink?.close(),
      clients.redis?.close(),
    ])
  }
}

/** How to reach the target's Kafka, where it has one. */
export async function kafkaConnectionOf({ model }: Project) {
  if (model.target.kafka === undefined) return undefined
  const { kafkaConnection } = await import('../clients/kafka/connection.js')
  return kafkaConnection(settingValue(model.target.kafka.brokers), process.env)
}

async function kafkaOf(project: Project): Promise<Pick<Clients, 'kafka'>> {
  const connection = await kafkaConnectionOf(project)
  if (connection === undefined) return {}
  const { createKafkaAdmin } = await import('../clients/kafka/admin.js')
  return { kafka: createKafkaAdmin(connection) }
}

async function flinkOf({ model }: Project): Promise<Pick<Clients, 'flink'>> {
  const { flink } = model.target
  if (flink === undefined) return {}
  const { createFlinkClient } = await import('../clients/flink.js')
  const jobmanager = flink.jobmanager && settingValue(flink.jobmanager)
  return { flink: createFlinkClient({ gateway: settingValue(flink.gateway), ...(jobmanager && { jobmanager }) }) }
}

async function redisOf({ model }: Project): Promise<Pick<Clients, 'redis'>> {
  if (model.target.redis === undefined) return {}
  const { createRedis } = await import('../clients/redis.js')
  return { redis: createRedis({ url: settingValue(model.target.redis.url) }) }
}
