import type { ClickHouse } from '../../clients/clickhouse.js'
import type { KafkaConnection } from '../../clients/kafka/connection.js'
import type { ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { SeenIds } from '../redis/seenIds.js'

export interface IngestOptions {
  /** The configuration in force, undefined before anything was applied. */
  readonly config: () => ServiceConfig | undefined
  readonly clickhouse: ClickHouse
  /** Where the target has it, events go to their topic, and a loader stores them. */
  readonly kafka?: KafkaConnection
  /** The ids of a source that all front doors have seen; without it, each knows its own. */
  readonly seenIds?: (project: string, source: SourceConfig) => SeenIds
  /** A folder of this service's own; batches on their way are kept in `spool/` in it. */
  readonly stateDir: string
  /** Write tokens; none means that anyone may write. */
  readonly tokens: readonly string[]
  readonly log: (message: string) => void
  readonly limits?: Partial<IngestLimits>
}

export interface IngestLimits {
  /** Decoded bytes of one request. */
  readonly requestBytes: number
  /** Decoded bytes of all requests under way; past it new ones get 429. */
  readonly inFlightBytes: number
  /** How long a request waits for its acknowledgement before 503, in ms. */
  readonly ackMs: number
  /** After so long without a successful insert new requests get 503 at once, in ms. */
  readonly downMs: number
  /** How long the first event of a batch waits for others, in ms. Measured with five views: 80 rather than 40 costs 15 ms and halves the load of ClickHouse. */
  readonly windowMs: number
}

/** Limits where nothing else is told. */
export const LIMITS: IngestLimits = {
  requestBytes: 16 << 20,
  inFlightBytes: 128 << 20,
  ackMs: 15_000,
  downMs: 3000,
  windowMs: 80,
}
