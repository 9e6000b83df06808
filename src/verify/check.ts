import type { ClickHouse } from '../clients/clickhouse.js'
import type { KafkaAdmin } from '../clients/kafka/admin.js'
import type { Redis } from '../clients/redis.js'
import type { Compiled } from '../compile/compile.js'
import type { SentCanary } from './canaries.js'
import type { Finding, Group } from './report.js'
import type { ServiceAddress } from './service.js'
import type { Snapshot } from './snapshot.js'
import type { Viewer } from './viewers/viewer.js'

/** One check: what it is called, which of the eight kinds, and how it comes to its findings. */
export interface Check {
  readonly id: string
  readonly group: Group
  run(evidence: Evidence): readonly Finding[] | Promise<readonly Finding[]>
}

/** What one run of verify has seen: checks judge it, and may ask ClickHouse for more. */
export interface Evidence {
  readonly compiled: Compiled
  readonly clickhouse: ClickHouse
  /** Where the target has Kafka. */
  readonly kafka?: KafkaAdmin
  /** Where the target has Redis. */
  readonly redis?: Redis
  readonly database: string
  /** Hash of the configuration that was applied last. */
  readonly applied: string
  readonly service: ServiceAddress
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Before the first counted canary, and after the last has come out. */
  readonly before: Snapshot
  readonly after: Snapshot
  /** The counted canaries that were accepted, by source, in the order sent. */
  readonly canaries: ReadonlyMap<string, readonly SentCanary[]>
  /** Two viewers of each metric, on its own channel. */
  readonly viewers: readonly [Viewer, Viewer]
  /** Metrics whose latency this run is long enough to measure. */
  readonly measurable: ReadonlySet<string>
  /** Until when canaries were waited for, epoch ms. */
  readonly endedAt: number
}

/** A finding for what this target does not have or this run cannot see. */
export const skipped = (reason: string, about: Pick<Finding, 'metric' | 'source'> = {}): Finding => ({
  ...about,
  observed: null,
  limit: null,
  verdict: 'skipped',
  reason,
})
