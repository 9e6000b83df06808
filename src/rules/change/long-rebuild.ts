import { duration } from '../../format/quantity.js'
import type { Change } from '../../model/plan.js'
import { count } from '../text.js'
import type { ChangeRule, Reviewed } from './changeRule.js'

/** Where the live system does not say: below the 1.3 million rows/s that a fill of six views was measured at (3-semantics.md, "Rollups"). */
const ROWS_PER_SECOND = 1_000_000
const LONG_MS = 10 * 60_000

/** A rollup that is computed again from so many events that the apply takes long. */
export const longRebuild: ChangeRule = {
  code: 'long-rebuild',
  severity: 'warning',
  check: (reviewed, report) => {
    for (const change of reviewed.changes) {
      if (change.risk === 'safe' || change.kind !== 'clickhouse.rollup' || change.after === undefined) continue
      const rows = reviewed.live ? (change.impact?.rows ?? 0) : mostRows(change, reviewed)
      const ms = change.impact?.ms ?? (rows / ROWS_PER_SECOND) * 1000
      if (ms < LONG_MS) continue
      const from = reviewed.live ? `${count(rows)} events` : `up to ${count(rows)} events (\`expect\` × \`retention\`)`
      report({
        message: `${change.id} is filled from ${from}: about ${duration(ms)}`,
        span: change.origin ?? reviewed.top,
        fix: 'apply it when that load is welcome; it can be interrupted and goes on where it was',
      })
    }
  },
}

/** What raw holds at most: the peak of events for as long as they are kept. Nothing where the file does not say. */
function mostRows({ after }: Change, { after: { sources } }: Reviewed): number {
  const table = after?.kind === 'clickhouse.rollup' ? after.spec.source.table : undefined
  const source = sources.find(candidate => candidate.table === table)
  const { eventsPerSecond, retention } = source ?? {}
  return eventsPerSecond === undefined || !retention?.rawMs ? 0 : (eventsPerSecond * retention.rawMs) / 1000
}
