import type { Resource } from '../../model/resource.js'
import type { ServiceConfig } from '../../model/serviceConfig.js'
import { mark } from './mark.js'
import { createDatabase, createRollupView, createTable, createView } from './render.js'

/** The statements that make a resource on an empty server, in order. */
export function statementsOf(resource: Resource): string[] {
  switch (resource.kind) {
    case 'clickhouse.database':
      return [createDatabase(resource.spec)]
    case 'clickhouse.table':
      return [createTable(resource.spec)]
    case 'clickhouse.rollup':
      return [
        createTable(resource.spec.table),
        createRollupView(resource.spec, resource.spec.states, mark(resource.id, 'fills it')),
      ]
    case 'clickhouse.view':
      return [createView(resource.spec)]
    default:
      return []
  }
}

const ORDER = ['clickhouse.database', 'clickhouse.table', 'clickhouse.rollup', 'clickhouse.view']

/** One file for each object, numbered by kind so that they run in order of their names. */
export function files(resources: readonly Resource[]): Map<string, string> {
  const out = new Map<string, string>()
  for (const resource of resources) {
    const rank = ORDER.indexOf(resource.kind)
    const statements = statementsOf(resource)
    if (rank < 0 || statements.length === 0) continue
    const name = resource.id.slice(resource.kind.length + 1)
    const kind = resource.kind.slice('clickhouse.'.length)
    out.set(`clickhouse/${rank + 1}_${kind}_${name}.sql`, `${statements.map(sql => `${sql};\n`).join('\n')}`)
  }
  return out
}

/** Each metric's refresh, for whoever reviews what a change of the file means. */
export const queries = (service: ServiceConfig): Map<string, string> =>
  new Map(service.metrics.map(metric => [`clickhouse/queries/${metric.name}.sql`, `${metric.query}\n`]))
