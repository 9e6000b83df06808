import type { Range } from '../backfill/range.js'
import type { RollupResult } from '../backfill/rollup.js'
import type { TopicResult } from '../backfill/topic/replay.js'
import { counted } from './counted.js'

const day = (ms: number): string => new Date(ms).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z')

/** `rollup_events_5s  2026-11-01 to 2026-12-01, from 1,234 events`. */
export const rollupText = ({ rollup, from, to, events }: RollupResult): string =>
  `${rollup}  ${day(from)} to ${day(to)}, from ${counted(events, 'event')}`

export const topicText = ({ topic, read, stored, rejected, duplicates }: TopicResult): string =>
  [
    `${topic}  ${counted(read, 'record')} read`,
    `${stored.toLocaleString('en-US')} stored`,
    ...(rejected > 0 ? [`${rejected.toLocaleString('en-US')} rejected`] : []),
    ...(duplicates > 0 ? [counted(duplicates, 'duplicate')] : []),
  ].join(', ')

/** `backfill --json` (schemas/backfill.schema.json). */
export function backfillDocument(range: Range, rollups: readonly RollupResult[], topics: readonly TopicResult[]) {
  const iso = (ms: number): string => new Date(ms).toISOString()
  return {
    ok: true,
    from: iso(range.from),
    to: iso(range.to),
    rollups: rollups.map(({ from, to, ...rest }) => ({ ...rest, from: iso(from), to: iso(to) })),
    topics,
  }
}
