import { emptyValue } from '../../compile/empty.js'
import { columnTypeText } from '../../expr/columnType.js'
import type { Metric, Model, Source } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import type { Reading, RollupPlan } from '../../model/rollup.js'
import type { MetricConfig, ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import { contentHash, names } from '../../naming.js'
import { historyQuery, refreshQuery } from '../clickhouse/query.js'
import { contextOf, storedQuery } from '../clickhouse/views.js'
import { streamedMeaning } from '../flink/inserts.js'
import { waitMs } from '../flink/source.js'
import { streamed } from '../flink/streamed.js'

/** The service's orders: the last resource of all, so that it never reads what is not there yet. */
export function desired(model: Model, plan: RollupPlan, others: readonly string[]): ResourceOf<'service.config'> {
  return {
    id: `service.config/${model.project}`,
    kind: 'service.config',
    dependsOn: others,
    spec: { database: model.project, config: serviceConfig(model, plan) },
  }
}

function serviceConfig(model: Model, plan: RollupPlan): ServiceConfig {
  const readings = new Map(plan.readings.map(reading => [reading.metric, reading]))
  const body = {
    project: model.project,
    database: model.project,
    timezone: model.timezone,
    sources: model.sources.map(sourceConfig),
    metrics: model.metrics.map(metric => metricConfig(model, metric, readings.get(metric.name)!)),
  }
  return { hash: contentHash(JSON.stringify(body), 16), ...body }
}

const sourceConfig = (source: Source): SourceConfig => ({
  name: source.name,
  topic: source.topic,
  table: source.table,
  deadLetters: names.deadLetters(source.table),
  canaries: names.canaries(source.table),
  timestamp: source.timestamp,
  ...(source.format && { format: source.format }),
  ...(source.key !== undefined && { key: source.key }),
  ...(source.id !== undefined && { id: source.id }),
  ...(source.dedupMs !== undefined && { dedupMs: source.dedupMs }),
  accept: source.accept,
  columns: source.columns.map(column => ({
    name: column.name,
    type: columnTypeText(column.type),
    ...(column.from && { from: column.from }),
    ...(column.default !== undefined && { default: column.default }),
  })),
  ...(source.eventsPerSecond !== undefined && { eventsPerSecond: source.eventsPerSecond }),
})

function metricConfig(model: Model, metric: Metric, reading: Reading): MetricConfig {
  const context = contextOf(model, metric, reading)
  const { title, description, unit, owner } = metric
  const source = model.sources.find(({ name }) => name === metric.source)!
  return {
    name: metric.name,
    source: metric.source,
    tier: metric.tier,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(unit !== undefined && { unit }),
    ...(owner !== undefined && { owner }),
    by: metric.by,
    limit: metric.limit,
    window: metric.window.kind === 'trailing' ? { trailingMs: metric.window.ms } : { calendar: metric.window.unit },
    refreshMs: metric.refreshMs,
    settleMs: metric.settleMs,
    cacheMs: metric.cacheMs,
    deliver: metric.deliver,
    sla: metric.sla,
    query: refreshQuery(context),
    history: historyQuery(context),
    ...(metric.tier === 3 && { stored: storedQuery(model, metric, reading) }),
    ...(streamed(model, source).includes(metric) && {
      streamed: { waitMs: waitMs(source), meaning: streamedMeaning(source, metric) },
    }),
    empty: emptyValue(reading.value),
    bucketMs: reading.rungs[0]!.bucketMs,
  }
}
