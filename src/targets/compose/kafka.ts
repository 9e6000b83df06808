import { healthy, type Services } from './service.js'
import { images } from './versions.js'

/** Brokers that are controllers as well; their data are on a volume each. Topics are not made by using them. */
export function kafkaServices(project: string, brokers: number): Services {
  const ids = Array.from({ length: brokers }, (_, index) => index + 1)
  const copies = String(Math.min(brokers, 3))
  const inSync = brokers >= 3 ? '2' : '1'
  const common = {
    // Any name of 22 characters of base 64; it keeps brokers of two stacks apart.
    CLUSTER_ID: clusterId(project),
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: ids.map(id => `${id}@kafka-${id}:9093`).join(),
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_DEFAULT_REPLICATION_FACTOR: copies,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: copies,
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: copies,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: inSync,
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: copies,
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: inSync,
  }
  return Object.fromEntries(
    ids.map(id => [
      `kafka-${id}`,
      {
        image: images.kafka,
        environment: {
          KAFKA_NODE_ID: String(id),
          KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://kafka-${id}:9092`,
          ...common,
        },
        volumes: [`kafka-${id}-data:/var/lib/kafka/data`],
        healthcheck: healthy('nc -z 127.0.0.1 9092'),
        stop_grace_period: '60s',
        restart: 'unless-stopped',
      },
    ]),
  )
}

const clusterId = (project: string): string => Buffer.from(project.padEnd(16, '_').slice(0, 16)).toString('base64url')
