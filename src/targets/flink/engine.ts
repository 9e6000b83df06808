import type { Engine } from '../target.js'
import { desired } from './desired.js'
import { statementsOf } from './render.js'

/** Flink: metrics of tier 1, computed as their events arrive. */
export const flink: Engine = {
  name: 'flink',
  desired,
  render: ({ resources }) =>
    new Map(
      resources.flatMap(resource => {
        if (resource.kind !== 'flink.job') return []
        const file = `flink/${resource.id.slice('flink.job/'.length)}.sql`
        return [
          [
            file,
            statementsOf(resource.spec)
              .map(statement => `${statement};\n`)
              .join('\n'),
          ],
        ]
      }),
    ),
}
