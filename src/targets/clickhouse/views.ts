import type { Metric, Model, Source } from '../../model/model.js'
import type { ResourceOf } from '../../model/resource.js'
import type { Reading } from '../../model/rollup.js'
import { contentHash, names, rawColumns } from '../../naming.js'
import { clusterOf, rawTable } from './cluster.js'
import { mark } from './mark.js'
import { type QueryContext, readerSelect, valuesAt } from './query.js'
import { id, qualified, str } from './text.js'

type ViewResource = ResourceOf<'clickhouse.view'>

/** The metric under its own name, in plain columns, for people and Grafana. */
export const readerView = (model: Model, metric: Metric, reading: Reading): ViewResource =>
  view(model, metric.name, `metric ${metric.name}`, readerSelect(contextOf(model, metric, reading)), {
    dependsOn: reading.rungs.map(rung => `clickhouse.rollup/${rung.rollup}`),
    origin: metric.span,
  })

/** Copies each canary's times as it arrives. */
export function canaryView(model: Model, source: Source): ViewResource {
  const select = [
    `SELECT fromUnixTimestamp64Milli(toInt64(${rawColumns.canary}), 'UTC') AS sent,`,
    `toDateTime64(${id(source.timestamp)}, 3, 'UTC') AS ts, ${rawColumns.ingestedAt} AS ingested_at`,
    `FROM ${qualified(model.project, rawTable(model, source))} WHERE ${rawColumns.canary} != 0`,
  ].join(' ')
  return view(model, names.canaryView(source.table), `canaries of source ${source.name}`, select, {
    dependsOn: [`clickhouse.table/${rawTable(model, source)}`, `clickhouse.table/${names.canaries(source.table)}`],
    origin: source.span,
    feeds: { table: names.canaries(source.table), on: 'insert' },
  })
}

/** Tier 3: computes the value by the clock, for the instant that every node would compute, and appends it. */
export function valuesView(model: Model, metric: Metric, reading: Reading): ViewResource {
  const everySeconds = Math.round(metric.refreshMs / 1000)
  // Fired `settle` after each instant, it floors its own time back to that instant.
  const asof = `fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(now64(3)) - ${metric.settleMs}, ${metric.refreshMs}) * ${metric.refreshMs}, 'UTC')`
  const by =
    metric.by.length > 0 ? `map(${metric.by.flatMap(name => [str(name), id(`by_${name}`)]).join(', ')})` : 'map()'
  const select = [
    `WITH (SELECT ${asof}) AS _asof SELECT ${str(metric.name)} AS metric, ${str(definitionOf(model, metric, reading))} AS definition, _asof AS timestamp, total,`,
    `CAST(${by}, 'Map(String, Nullable(String))') AS \`by\`, value, exact`,
    `FROM (${valuesAt(contextOf(model, metric, reading), '_asof')})`,
  ].join(' ')
  return view(model, names.valuesView(metric.name), `values of metric ${metric.name}`, select, {
    dependsOn: [...reading.rungs.map(rung => `clickhouse.rollup/${rung.rollup}`), `clickhouse.table/${names.values}`],
    origin: metric.span,
    feeds: { table: names.values, on: 'refresh', everySeconds, offsetSeconds: Math.ceil(metric.settleMs / 1000) },
  })
}

/** Of a metric that changes, values of before and after are told apart by it. */
const definitionOf = (model: Model, metric: Metric, reading: Reading): string =>
  contentHash(valuesAt(contextOf(model, metric, reading), '_asof'))

/** The newest values stored for a metric, as it is defined now, at or before `asof` (see MetricConfig.stored). */
export function storedQuery(model: Model, metric: Metric, reading: Reading): string {
  const values = qualified(model.project, names.values)
  const asof = "{asof:DateTime64(3, 'UTC')}"
  const own = `metric = ${str(metric.name)} AND definition = ${str(definitionOf(model, metric, reading))}`
  return [
    `SELECT timestamp, total, ${[...metric.by.map(name => `\`by\`[${str(name)}] AS ${id(`by_${name}`)}`), 'value', 'exact'].join(', ')}`,
    `FROM ${values} FINAL WHERE ${own} AND timestamp =`,
    `(SELECT max(timestamp) FROM ${values} WHERE ${own} AND timestamp <= ${asof})`,
    'ORDER BY total DESC, value DESC NULLS LAST',
  ].join(' ')
}

export const contextOf = (model: Model, metric: Metric, reading: Reading): QueryContext => ({
  database: model.project,
  timezone: model.timezone,
  metric,
  reading,
})

function view(
  model: Model,
  name: string,
  note: string,
  select: string,
  rest: Pick<ViewResource, 'dependsOn' | 'origin'> & Pick<ViewResource['spec'], 'feeds'>,
): ViewResource {
  const resourceId = `clickhouse.view/${name}`
  const cluster = clusterOf(model)
  return {
    id: resourceId,
    kind: 'clickhouse.view',
    dependsOn: rest.dependsOn,
    ...(rest.origin && { origin: rest.origin }),
    spec: {
      database: model.project,
      name,
      select,
      comment: mark(resourceId, note),
      ...(rest.feeds && { feeds: rest.feeds }),
      ...(cluster !== undefined && { cluster }),
    },
  }
}
