import { type Check, skipped } from '../check.js'
import type { Finding } from '../report.js'
import type { IngestState } from '../service.js'
import type { Counts } from '../snapshot.js'

/**
 * Rows stored while measuring are the events accepted, no more and no fewer. Both are counted while events flow, so
 * what was under way at either end is known only within bounds; anything lost or doubled lies outside them.
 */
export const eventsStored: Check = {
  id: 'events-stored',
  group: 7,
  run: ({ before, after }) =>
    [...after.counts].map(([source, counts]) => compare(source, before.counts.get(source)!, counts)),
}

/** `to` against `from`: the rows that came between, and the bounds they must lie in. */
export function compare(source: string, from: Counts, to: Counts): Finding {
  const observed = to.rows - from.rows
  const accepted = stored(to.later) - stored(from.later)
  if (accepted < 0) return skipped('the service was started again meanwhile', { source })
  const least = stored(to.earlier) - stored(from.later) - from.later.inFlight.rows - to.waiting
  const most = stored(to.later) + to.later.inFlight.rows - stored(from.earlier) + from.waiting
  const about = { source, observed, limit: least === most ? accepted : `${least}–${most}`, unit: 'rows' } as const
  if (observed >= least && observed <= most) return { ...about, verdict: 'pass' }
  const reason =
    observed < least ? `${least - observed} accepted events are not stored` : `${observed - most} rows too many`
  return { ...about, verdict: 'fail', reason }
}

/** Rows that ingest has had acknowledged. */
const stored = ({ accepted, duplicates }: IngestState): number => accepted - duplicates
