import type { Model, Source } from '../../model/model.js'
import type { Resource, ResourceOf, TableSpec } from '../../model/resource.js'
import { names } from '../../naming.js'
import { mark } from './mark.js'
import { id, str } from './text.js'
import { isNullable } from './types.js'

// On a cluster, events, canaries and rollups lie in shards: each node has its part in a replicated table of the name with
// `_local` behind it, fed by views that read the part of raw beside it; the plain name is a Distributed table over all
// of them, which is what queries and inserts use as on a single server. The small tables (configuration, ledger, dead
// letters, values of tier 3) are whole on every node, so that whoever asks any node sees the same.

/** The table on each node that holds its part of the events. */
export const rawTable = (model: Model, source: Source): string =>
  clusterOf(model) === undefined ? source.table : names.local(source.table)

export const clusterOf = ({ target }: Model): string | undefined =>
  target.clickhouse.kind === 'server' ? target.clickhouse.cluster : undefined

/** What a single server holds, as a cluster holds it. */
export function distribute(model: Model, cluster: string, resources: readonly Resource[]): Resource[] {
  // A sharding key for what is written through the Distributed table; none for what only views write.
  const inParts = new Map(
    model.sources.flatMap(source => [
      [source.table, shardingKey(source)],
      [names.canaries(source.table), undefined],
    ]),
  )
  const rollups = new Set(resources.flatMap(r => (r.kind === 'clickhouse.rollup' ? [r.spec.table.name] : [])))
  return resources.flatMap((resource): Resource[] => {
    switch (resource.kind) {
      case 'clickhouse.table': {
        if (!inParts.has(resource.spec.name))
          return [{ ...resource, spec: replicated(resource.spec, 'all', '{shard}-{replica}') }]
        const local = part(resource)
        return [local, distributed(cluster, resource.spec, local, inParts.get(resource.spec.name))]
      }
      case 'clickhouse.rollup': {
        const { spec } = resource
        const raw = names.local(spec.source.table)
        const local: Resource = {
          ...resource,
          dependsOn: resource.dependsOn.map(on =>
            on === `clickhouse.table/${spec.source.table}` ? `clickhouse.table/${raw}` : on,
          ),
          spec: { ...spec, table: inShards(spec.table), source: { ...spec.source, table: raw } },
        }
        return [local, distributed(cluster, spec.table, local)]
      }
      case 'clickhouse.view': {
        const read = resource.dependsOn
          .map(on => on.replace('clickhouse.rollup/', 'clickhouse.table/'))
          .filter(on => rollups.has(on.slice('clickhouse.table/'.length)))
        const dependsOn = [...resource.dependsOn, ...read]
        const { feeds } = resource.spec
        if (feeds === undefined || !inParts.has(feeds.table)) return [{ ...resource, dependsOn }]
        return [
          { ...resource, dependsOn, spec: { ...resource.spec, feeds: { ...feeds, table: names.local(feeds.table) } } },
        ]
      }
      default:
        return [resource]
    }
  })
}

function part(resource: ResourceOf<'clickhouse.table'>): ResourceOf<'clickhouse.table'> {
  const own = `clickhouse.table/${names.local(resource.spec.name)}`
  const spec = inShards(resource.spec)
  return { ...resource, id: own, spec: { ...spec, comment: spec.comment.replace(/^rtdash:\S+/, mark(own, '')) } }
}

const inShards = (spec: TableSpec): TableSpec => {
  const name = names.local(spec.name)
  return { ...replicated({ ...spec, name }, '{shard}', '{replica}'), name }
}

/** Tables of the same path are copies of each other. */
function replicated(spec: TableSpec, shard: string, replica: string): TableSpec {
  const { non_replicated_deduplication_window: window, ...settings } = spec.settings
  const path = `/clickhouse/tables/${shard}/${spec.database}/${spec.name}`
  return {
    ...spec,
    engine: `Replicated${spec.engine}(${str(path)}, ${str(replica)})`,
    settings: { ...(window !== undefined && { replicated_deduplication_window: window }), ...settings },
  }
}

/** Without a sharding key it is read only: views write to the parts beside them. */
function distributed(cluster: string, spec: TableSpec, local: Resource, key?: string): ResourceOf<'clickhouse.table'> {
  const own = `clickhouse.table/${spec.name}`
  const over = [cluster, spec.database, names.local(spec.name)].map(str).concat(key ?? [])
  const { partitionBy: _, ttl: _ttl, ...rest } = spec
  return {
    id: own,
    kind: 'clickhouse.table',
    dependsOn: [local.id],
    ...(local.origin && { origin: local.origin }),
    spec: {
      ...rest,
      columns: spec.columns.map(({ codec: _codec, ...column }) => column),
      engine: `Distributed(${over.join(', ')})`,
      orderBy: [],
      settings: {},
      comment: mark(own, `all shards of ${names.local(spec.name)}`),
    },
  }
}

/**
 * Where an event goes: by its key, else its id, else its time. Never by chance: a batch sent again must fall into the
 * same shards, or its token would let rows pass twice and drop others.
 */
function shardingKey(source: Source): string {
  const name = source.key ?? source.id ?? source.timestamp
  const column = source.columns.find(other => other.name === name)
  return column && isNullable(column.type) ? `cityHash64(ifNull(toString(${id(name)}), ''))` : `cityHash64(${id(name)})`
}
