import type { CalendarUnit, Tier, Window } from '../model/model.js'

/** The decision tree's figures: what the lints warn at and what `explain` names. Durations in ms, volumes in events/s. */
export const limits = {
  /** Above this volume the tree asks for Kafka, Flink and a ClickHouse cluster of three; above `huge` for more of each. */
  events: { large: 10_000, huge: 1_000_000 },
  /** Up to `direct` viewers one node does; up to `fanOut` Redis fans out to a few push nodes; beyond it broadcast. */
  viewers: { direct: 100, fanOut: 10_000 },
  brokers: { large: 3, huge: 6 },
  /** A third of what one partition of one Flink task was measured to take (190,000 to 360,000 events/s). */
  eventsPerPartition: 100_000,
  tier1WindowMs: 60_000,
  /** Shortest bucket of a rollup, and the fastest refresh. */
  bucketMs: 100,
} as const

/** Refresh of each tier: never below `floor` (error), cheaper in the next tier above `ceiling` (warning). */
export const refreshOfTier: Readonly<Record<Tier, { readonly floor: number; readonly ceiling: number }>> = {
  1: { floor: limits.bucketMs, ceiling: 1000 },
  2: { floor: 1000, ceiling: 30_000 },
  3: { floor: 30_000, ceiling: Number.POSITIVE_INFINITY },
}

const hour = 3_600_000
/** The longest that a calendar window can get: one hour more on the day a clock is put back. */
const calendarMs: Readonly<Record<CalendarUnit, number>> = {
  hour,
  day: 25 * hour,
  week: (7 * 24 + 1) * hour,
  month: (31 * 24 + 1) * hour,
}

/** A window's length in ms, at its longest. */
export const windowMs = (window: Window): number => (window.kind === 'trailing' ? window.ms : calendarMs[window.unit])

/** Every zone's offset is a multiple of 900 s, so each bucket divides it, the refresh, and a trailing window. */
export function finestBucketMs(window: Window, refreshMs: number): number {
  const bucket = gcd(refreshMs, 900_000)
  return window.kind === 'trailing' ? gcd(bucket, window.ms) : bucket
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
