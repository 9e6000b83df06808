import type { Tier } from '../model/model.js'

/** The decision tree's figures: what the lints warn at and what `explain` names. Durations in ms, volumes in events/s. */
export const limits = {
  /** Above this volume the tree asks for Kafka, Flink and a ClickHouse cluster of three; above `huge` for more of each. */
  events: { large: 10_000, huge: 1_000_000 },
  /** Up to `direct` viewers one node does; up to `fanOut` Redis fans out to a few push nodes; beyond it broadcast. */
  viewers: { direct: 100, fanOut: 10_000 },
  /** A third of what one partition of one Flink task was measured to take (190,000 to 360,000 events/s). */
  eventsPerPartition: 100_000,
  tier1WindowMs: 60_000,
} as const

/**
 * Refresh of each tier, such that every refresh that a tier is the default of is inside it:
 * never below `floor` (error), cheaper in the next tier above `ceiling` (warning).
 */
export const refreshOfTier: Readonly<Record<Tier, { readonly floor: number; readonly ceiling: number }>> = {
  1: { floor: 100, ceiling: 1000 },
  2: { floor: 1000, ceiling: 30_000 },
  3: { floor: 30_000, ceiling: Number.POSITIVE_INFINITY },
}
