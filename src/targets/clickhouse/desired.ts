import type { Model } from '../../model/model.js'
import type { Resource } from '../../model/resource.js'
import type { RollupPlan } from '../../model/rollup.js'
import { clusterOf, distribute } from './cluster.js'
import { rollupResource } from './rollups.js'
import { tables } from './tables.js'
import { canaryView, readerView, valuesView } from './views.js'

/** All that ClickHouse must hold for a model. Pure. */
export function desired(model: Model, plan: RollupPlan): Resource[] {
  const sources = new Map(model.sources.map(source => [source.name, source]))
  const metrics = new Map(model.metrics.map(metric => [metric.name, metric]))
  const cluster = clusterOf(model)
  const resources: Resource[] = [
    {
      id: `clickhouse.database/${model.project}`,
      kind: 'clickhouse.database',
      dependsOn: [],
      spec: { name: model.project, ...(cluster !== undefined && { cluster }) },
    },
    ...tables(model),
    ...model.sources.map(source => canaryView(model, source)),
    ...plan.rollups.map(rollup => rollupResource(model, sources.get(rollup.source)!, rollup)),
    ...plan.readings.map(reading => readerView(model, metrics.get(reading.metric)!, reading)),
    ...plan.readings
      .filter(reading => metrics.get(reading.metric)!.tier === 3)
      .map(reading => valuesView(model, metrics.get(reading.metric)!, reading)),
  ]
  return cluster === undefined ? resources : distribute(model, cluster, resources)
}
