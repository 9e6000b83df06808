import { clickhouse as engine } from '../../targets/clickhouse/live.js'
import type { Check } from '../check.js'

/** Tables, their TTLs, rollups and views are live as declared: a plan finds nothing to do. */
export const schema: Check = {
  id: 'declared',
  group: 6,
  run: async ({ compiled, clickhouse }) => {
    const { changes } = await engine.plan(compiled, { clickhouse }, {})
    const ids = changes.map(({ id }) => id)
    const about = { observed: ids.length, limit: 0, unit: 'differences' } as const
    if (ids.length === 0) return [{ ...about, verdict: 'pass', detail: 'tables, TTLs, rollups, views' }]
    return [{ ...about, verdict: 'fail', reason: `rtdash plan shows how these differ: ${ids.join(', ')}` }]
  },
}
