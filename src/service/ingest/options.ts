import type { ClickHouse } from '../../clients/clickhouse.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'

export interface IngestOptions {
  /** The configuration in force, undefined before anything was applied. */
  readonly config: () => ServiceConfig | undefined
  readonly clickhouse: ClickHouse
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
