import type { ResourceOf } from '../../model/resource.js'
import type { Engine } from '../target.js'
import { desired } from './desired.js'
import { render } from './render.js'

/** Kafka: events on their way, and values of tier 1 on theirs. */
export const kafka: Engine = {
  name: 'kafka',
  desired,
  render: ({ model, resources }) =>
    model.target.kafka
      ? render(
          model.target.kafka.brokers,
          resources.filter((r): r is ResourceOf<'kafka.topic'> => r.kind === 'kafka.topic'),
        )
      : new Map(),
}
