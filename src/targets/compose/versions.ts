// What compose.yaml runs. The test stack takes its own Kafka and Flink from here, so that what is tested is what is emitted.

export const KAFKA_VERSION = '4.3.1'
export const FLINK_VERSION = '2.2.1'
/** Of flink-sql-connector-kafka, for this Flink. */
export const FLINK_KAFKA_CONNECTOR = '5.0.0-2.2'

export const images = {
  kafka: `apache/kafka:${KAFKA_VERSION}`,
  flink: `flink:${FLINK_VERSION}-java17`,
  /** Only to fetch the connector while Flink's image is built. */
  maven: 'maven:3.9.9-eclipse-temurin-17',
  /** The release that is embedded, too. */
  clickhouse: 'clickhouse/clickhouse-server:26.7',
  /** The last line of Redis under the BSD licence. */
  redis: 'redis:7.2.7-alpine',
  nginx: 'nginx:1.28.0-alpine',
  prometheus: 'prom/prometheus:v3.5.0',
  grafana: 'grafana/grafana:12.1.0',
} as const
