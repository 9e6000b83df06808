/** The one error of every Kafka call. Its message is one line and holds no setting that could be secret. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  constructor(
    /** Kafka's own name (`TOPIC_ALREADY_EXISTS`), Node's (`ECONNREFUSED`), or `TIMEOUT`, `AUTHENTICATION`, `CLIENT`. */
    readonly type: string,
    message: string,
    /** True when the same call may succeed later: no connection, no leader yet, too few replicas, a timeout. */
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
