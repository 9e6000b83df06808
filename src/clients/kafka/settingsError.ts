/** A setting of Kafka's connection that cannot be used: which one, and the way out. */
export class KafkaSettingsError extends Error {
  override readonly name = 'KafkaSettingsError'
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
  ) {
    super(message)
  }
}
