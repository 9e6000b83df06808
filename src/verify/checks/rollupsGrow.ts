import { type Check, type Evidence, skipped } from '../check.js'
import type { Finding } from '../report.js'

/** Each rollup has taken in what came while measuring. */
export const rollupsGrow: Check = {
  id: 'rollups-grow',
  group: 3,
  run: evidence => evidence.compiled.rollups.rollups.map(({ name, source }) => growth(name, source, evidence)),
}

function growth(rollup: string, source: string, { before, after }: Evidence): Finding {
  const events = realEvents(after.counts.get(source)!.earlier) - realEvents(before.counts.get(source)!.later)
  const about = { source, rollup } as const
  if (events <= 0)
    return { ...skipped('no events but canaries came in while measuring, and those stay out of rollups'), ...about }
  const inserts = [...after.blocks]
    .filter(([part]) => part.startsWith(`${rollup}/`))
    .reduce((sum, [part, block]) => sum + Math.max(0, block - (before.blocks.get(part) ?? 0)), 0)
  if (inserts > 0) return { ...about, observed: inserts, limit: 1, unit: 'blocks', verdict: 'pass' }
  const reason = `${events} events came in, and none reached it`
  return { ...about, observed: 0, limit: 1, unit: 'blocks', verdict: 'fail', reason }
}

const realEvents = ({ accepted, duplicates, canaries }: { accepted: number; duplicates: number; canaries: number }) =>
  accepted - duplicates - canaries
