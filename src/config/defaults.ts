import type { Channel, Tier } from '../model/model.js'

// The defaults of spec/1-language.md, in ms.

const minute = 60_000
const day = 24 * 60 * minute

export const sourceDefaults = {
  dedupMs: 10 * minute,
  latenessMs: 200,
  olderMs: 7 * day,
  newerMs: 5 * minute,
  topicMs: 7 * day,
  rawMs: 90 * day,
  rollupMs: 365 * day,
  replication: 3,
} as const

export const metricDefaults = { limit: 100, queryMs: 100, lagMs: 30_000 } as const

interface TierDefaults {
  readonly refreshMs: number
  readonly settleMs: number
  readonly deliver: Channel
  latencyMs(refreshMs: number, cacheMs: number): number
}

export const tierDefaults: Readonly<Record<Tier, TierDefaults>> = {
  1: { refreshMs: 250, settleMs: 200, deliver: 'ws', latencyMs: () => 1000 },
  2: { refreshMs: 5000, settleMs: 1000, deliver: 'sse', latencyMs: refreshMs => refreshMs + 5000 },
  3: {
    refreshMs: 5 * minute,
    settleMs: 5000,
    deliver: 'poll',
    latencyMs: (refreshMs, cacheMs) => refreshMs + cacheMs + 10_000,
  },
}

/** The tier that a refresh belongs to; tier 2, which covers most dashboards, where nothing is said. */
export function tierOf(refreshMs: number | undefined): Tier {
  if (refreshMs === undefined) return 2
  if (refreshMs < 1000) return 1
  return refreshMs <= 30_000 ? 2 : 3
}

/** One partition for each 5,000 events/s, rounded up to 1, 3, 6, 12, 24 …: numbers that spread evenly over three brokers. */
export function partitionsFor(eventsPerSecond: number | undefined): number {
  const needed = Math.ceil((eventsPerSecond ?? 0) / 5000)
  if (needed <= 1) return 1
  let partitions = 3
  while (partitions < needed) partitions *= 2
  return partitions
}
