import { type Check, skipped } from '../check.js'

const LIMIT_PERCENT = 0.1

/** Share of rejected events among all that came in while measuring; canaries do not count. */
export const ingestErrors: Check = {
  id: 'ingest-errors',
  group: 7,
  run: ({ before, after }) =>
    [...after.counts].map(([source, { later }]) => {
      const { later: earlier } = before.counts.get(source)!
      const rejected = later.rejected - earlier.rejected
      const accepted = later.accepted - later.canaries - (earlier.accepted - earlier.canaries)
      if (rejected < 0 || accepted < 0) return skipped('the service was started again meanwhile', { source })
      if (rejected + accepted === 0) return skipped('no events but canaries came in while measuring', { source })
      const observed = Math.round((rejected / (rejected + accepted)) * 1e5) / 1e3
      const detail = `${rejected} of ${rejected + accepted} events rejected`
      const about = { source, observed, limit: LIMIT_PERCENT, unit: '%', detail } as const
      if (observed < LIMIT_PERCENT) return { ...about, verdict: 'pass' }
      return { ...about, verdict: 'fail', reason: 'the dead letters table says why, for each' }
    }),
}
