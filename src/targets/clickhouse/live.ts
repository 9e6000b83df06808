import type { LiveEngine } from '../live.js'
import { applyStep } from './apply/apply.js'
import { diff } from './diff/diff.js'
import { measureFills } from './figures.js'
import { observe } from './observe.js'

export const clickhouse: LiveEngine = {
  kinds: ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view'],
  plan: async ({ model, resources }, { clickhouse }, { drop = false }) => {
    const observed = await observe(clickhouse, model.project, resources)
    const found = diff(resources, observed, drop)
    const figures = await measureFills(clickhouse, found.changes, observed)
    return figures.size === 0 ? found : diff(resources, { ...observed, figures }, drop)
  },
  apply: applyStep,
}
