import type { SentCanary } from './canaries.js'
import { quantile, rounded } from './quantile.js'
import type { Stage, StageTimes } from './report.js'
import type { Received } from './viewers/viewer.js'

/** When one canary passed each stage, in ms; Infinity in `total` alone for one that never came out. */
export type Passage = Readonly<Partial<Record<Stage, number>>> & { readonly total: number }

const STAGES: readonly Stage[] = ['ingest', 'view', 'query', 'push', 'total']

/**
 * For each canary the first update that contains it: the first whose newest canary was sent at the same time or later,
 * as a source's events are stored in the order they came. `stored` tells when each canary was stored, by its send time.
 */
export function passages(
  canaries: readonly SentCanary[],
  updates: readonly Received[],
  stored: ReadonlyMap<number, number>,
  settleMs: number,
): Passage[] {
  const carriers = updates.filter(({ update }) => update.canary !== undefined)
  let next = 0
  return canaries.map(({ sent }) => {
    while (next < carriers.length && carriers[next]!.update.canary!.sent < sent) next++
    const carrier = carriers[next]
    return carrier === undefined
      ? { total: Number.POSITIVE_INFINITY }
      : passage(sent, carrier, stored.get(sent), settleMs)
  })
}

function passage(sent: number, { update, received }: Received, stored: number | undefined, settleMs: number): Passage {
  const total = received - sent
  const { published } = update.canary!
  if (stored === undefined || published === undefined) return { total }
  const due = Math.max(stored, update.timestamp + settleMs)
  return { ingest: stored - sent, view: due - stored, query: published - due, push: received - published, total }
}

/** Median and p99 of each stage of one metric. */
export const stageTimes = (metric: string, all: readonly Passage[]): StageTimes[] =>
  STAGES.map(stage => {
    const times = all.flatMap(passage => passage[stage] ?? [])
    return { metric, stage, p50_ms: rounded(quantile(times, 0.5)), p99_ms: rounded(quantile(times, 0.99)) }
  })
