import { FLINK_KAFKA_CONNECTOR, FLINK_VERSION, KAFKA_VERSION } from '../../src/targets/compose/versions.js'

// What is fetched. Kafka and Flink are of the versions that compose.yaml names.

/** A Maven artifact, as group:artifact:version. */
export type Artifact = `${string}:${string}:${string}`

export const KAFKA = {
  version: KAFKA_VERSION,
  /** With what they depend on; the last one is the logging that the log line of a ready broker needs. */
  artifacts: [
    `org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`,
    `org.apache.kafka:kafka-tools:${KAFKA_VERSION}`,
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
  ],
} satisfies { version: string; artifacts: Artifact[] }

export const FLINK = {
  version: FLINK_VERSION,
  /** The whole distribution but for the SQL gateway. */
  wheel: `apache-flink-libraries==${FLINK_VERSION} --hash=sha256:74dc5546fbd9add8fbcdf1222a237e09491f9b80296241aef8676ec56f8e686e`,
  /** Without what they depend on: the distribution has it, or they bring it inside. */
  artifacts: [
    `org.apache.flink:flink-sql-gateway:${FLINK_VERSION}`,
    `org.apache.flink:flink-sql-connector-kafka:${FLINK_KAFKA_CONNECTOR}`,
  ],
} satisfies { version: string; wheel: string; artifacts: Artifact[] }
