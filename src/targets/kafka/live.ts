import { PlanError } from '../../plan/planError.js'
import type { LiveEngine } from '../live.js'

export const kafka: LiveEngine = {
  kinds: ['kafka.topic'],
  plan: async ({ resources }) => {
    if (resources.some(resource => resource.kind === 'kafka.topic'))
      throw new PlanError('no-kafka', 'topics on Kafka cannot be planned yet', 'leave `kafka:` out of the target')
    return { changes: [], unused: [] }
  },
  apply: async (_, change) => {
    throw new Error(`${change.id} cannot be applied yet`)
  },
}
