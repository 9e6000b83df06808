import type { Channel, Tier } from '../model/model.js'
import type { Estimate, Rung } from '../model/rollup.js'
import type { Wait } from '../rules/waiting.js'

/** One turn of the decision tree: what was chosen, and the figures that decided it. */
export interface Decision<Choice = string> {
  readonly choice: Choice
  readonly why: string
}

/** What the decision tree makes of a model on its target; plain JSON (schemas/explain.schema.json). Durations in ms. */
export interface ExplainReport {
  readonly project: string
  readonly target: string
  /** Concurrent viewers and the sum of all sources' peak events/s, null where the file does not say. */
  readonly viewers: number | null
  readonly eventsPerSecond: number | null
  readonly nodes: readonly NodesOf[]
  readonly sources: readonly SourceReport[]
  readonly rollups: readonly RollupReport[]
  readonly metrics: readonly MetricReport[]
}

type Component = 'kafka' | 'flink' | 'clickhouse' | 'redis' | 'push'

/** How many of a component the figures ask for; none where the target does without it. */
export interface NodesOf extends Decision<number> {
  readonly component: Component
}

export interface SourceReport {
  readonly source: string
  readonly eventsPerSecond: number | null
  readonly ingest: Decision<'kafka' | 'clickhouse'>
  readonly dedup: Decision<'redis' | 'memory' | 'none'>
}

/** A rollup and the metrics that share it. */
export interface RollupReport {
  readonly rollup: string
  readonly source: string
  readonly bucketMs: number
  readonly dimensions: readonly string[]
  readonly states: readonly string[]
  readonly metrics: readonly string[]
}

export interface MetricReport {
  readonly metric: string
  readonly source: string
  readonly tier: Decision<Tier>
  readonly engine: Decision<'flink' | 'clickhouse'>
  /** Names of the rollups that it is read from, finest first. */
  readonly rollup: Decision<readonly string[]> & { readonly rungs: readonly Rung[]; readonly estimate: Estimate }
  readonly channel: Decision<Channel>
  /** How long a polled answer is served again. */
  readonly cache: Decision<number>
  /** `least` is what the waits add up to; the rest of `promised` is left for query and network. */
  readonly latency: { readonly promised: number; readonly least: number; readonly waits: readonly Wait[] }
}
