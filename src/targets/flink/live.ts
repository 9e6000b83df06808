import { PlanError } from '../../plan/planError.js'
import type { LiveEngine } from '../live.js'

export const flink: LiveEngine = {
  kinds: ['flink.job'],
  plan: async ({ resources }) => {
    if (resources.some(resource => resource.kind === 'flink.job'))
      throw new PlanError('no-flink', 'jobs on Flink cannot be planned yet', 'leave `flink:` out of the target')
    return { changes: [], unused: [] }
  },
  apply: async (_, change) => {
    throw new Error(`${change.id} cannot be applied yet`)
  },
}
