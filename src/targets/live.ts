import type { ClickHouse } from '../clients/clickhouse.js'
import type { FlinkClient } from '../clients/flink.js'
import type { KafkaAdmin } from '../clients/kafka/admin.js'
import type { Redis } from '../clients/redis.js'
import type { Compiled } from '../compile/compile.js'
import type { Change, Step } from '../model/plan.js'
import type { Kind } from '../model/resource.js'

/** Connections to the engines of a target: those that it has. */
export interface Clients {
  readonly clickhouse: ClickHouse
  readonly kafka?: KafkaAdmin
  readonly flink?: FlinkClient
  readonly redis?: Redis
}

export interface PlanOptions {
  /** Also takes away what is ours, holds data and is no longer asked for. */
  readonly drop?: boolean
  /** Topics may get more partitions, which sends keys elsewhere. */
  readonly allowRepartition?: boolean
}

/** What one engine would have to do, and what of ours it holds that nobody asks for and that stays until told. */
export interface Held {
  readonly changes: readonly Change[]
  readonly unused: readonly string[]
  /** What is used as it is since others made it, one sentence each. */
  readonly notes?: readonly string[]
}

/** What the steps of an apply work with. */
export interface ApplyContext {
  readonly clickhouse: ClickHouse
  readonly clients: Clients
  readonly database: string
  /** Id of this apply, as the ledger has it. */
  readonly applyId: string
  /** Told about long work, in words for people. */
  readonly progress: (text: string) => void
  /** Long work stops at its next safe point when this aborts, and throws. */
  readonly signal?: AbortSignal
}

/** The live half of an engine: looks at what there is, and changes it. */
export interface LiveEngine {
  /** The kinds of resource that are its own. */
  readonly kinds: readonly Kind[]
  /** Reads only. Nothing where the target lacks the engine. Throws PlanError for what cannot be done at all. */
  plan(compiled: Compiled, clients: Clients, options: PlanOptions): Promise<Held>
  /** Runs one step of one of its changes; running it twice is the same as once. */
  apply(context: ApplyContext, change: Change, step: Step): Promise<void>
}
