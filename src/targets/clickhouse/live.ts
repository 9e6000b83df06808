import type { LiveEngine } from '../live.js'
import { applyStep } from './apply/apply.js'
import { diff } from './diff/diff.js'
import { observe } from './observe.js'

export const clickhouse: LiveEngine = {
  kinds: ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view'],
  plan: async ({ model, resources }, clients, options) =>
    diff(resources, await observe(clients.clickhouse, model.project, resources), options.drop ?? false),
  apply: applyStep,
}
