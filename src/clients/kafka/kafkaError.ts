/** The one error of every Kafka call. Its message is one line and holds no setting that could be secret. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  /** The way out, where one is known. */
  readonly fix: string | undefined
  constructor(
    /** Kafka's own name (`TOPIC_ALREADY_EXISTS`), Node's (`ECONNREFUSED`), or `TIMEOUT`, `AUTHENTICATION`, `TLS`, `CLIENT`. */
    readonly type: string,
    message: string,
    /** True when the same call may succeed later: no connection, no leader yet, too few replicas, a timeout. */
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.fix = fixOf(type, message)
  }
}

/** What lets a client in, and what it may do, is set in two places: here and at the broker. */
function fixOf(type: string, message: string): string | undefined {
  if (type === 'AUTHENTICATION')
    return 'check RTDASH_KAFKA_USERNAME, RTDASH_KAFKA_PASSWORD and RTDASH_KAFKA_SASL_MECHANISM (SCRAM-SHA-512 unless set)'
  if (type === 'TLS')
    return "RTDASH_KAFKA_CA is to hold the certificate of the authority that signed the broker's, as PEM or the path of a file"
  if (type.endsWith('_AUTHORIZATION_FAILED'))
    return `give the account of RTDASH_KAFKA_USERNAME the rights on this ${RIGHTS[type.split('_')[0]!] ?? 'resource'} (kafka-acls --add)`
  if (CLOSED.test(message))
    return 'if it is so every time: a listener with TLS needs RTDASH_KAFKA_TLS=true, one with a login RTDASH_KAFKA_USERNAME and RTDASH_KAFKA_PASSWORD; one without TLS must not be asked for it'
  return undefined
}

/** What a client says that a broker hangs up on, in the middle of the first words: it may be the wrong words. */
const CLOSED = /: (Connection closed|Client network socket disconnected before secure TLS)/

const RIGHTS: Readonly<Record<string, string>> = {
  TOPIC: 'topic: Create, Describe, DescribeConfigs, AlterConfigs, Read and Write',
  GROUP: 'group: Read and Describe',
  CLUSTER: 'cluster: IdempotentWrite and Describe',
}
