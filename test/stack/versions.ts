// What the stack is made of. Everything that is fetched is named here, and nowhere else.

/** A Maven artifact, as group:artifact:version. */
export type Artifact = `${string}:${string}:${string}`

const kafka = '4.3.1'
const flink = '2.2.1'

export const KAFKA = {
  version: kafka,
  /** With what they depend on; the last one is the logging that the log line of a ready broker needs. */
  artifacts: [
    `org.apache.kafka:kafka_2.13:${kafka}`,
    `org.apache.kafka:kafka-tools:${kafka}`,
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4',
  ],
} satisfies { version: string; artifacts: Artifact[] }

export const FLINK = {
  version: flink,
  /** The whole distribution but for the SQL gateway. */
  wheel: `apache-flink-libraries==${flink} --hash=sha256:74dc5546fbd9add8fbcdf1222a237e09491f9b80296241aef8676ec56f8e686e`,
  /** Without what they depend on: the distribution has it, or they bring it inside. */
  artifacts: [`org.apache.flink:flink-sql-gateway:${flink}`, 'org.apache.flink:flink-sql-connector-kafka:5.0.0-2.2'],
} satisfies { version: string; wheel: string; artifacts: Artifact[] }
