/** How to reach Kafka. Comes from the target's `kafka:` and the environment; passwords are never printed. */
export interface KafkaConnection {
  readonly brokers: readonly string[]
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly rejectUnauthorized?: boolean
  }
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    readonly username: string
    readonly password: string
  }
}
