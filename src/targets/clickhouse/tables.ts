import { columnsOf } from '../../expr/walk.js'
import type { ColumnType } from '../../model/columnType.js'
import type { Model, Source } from '../../model/model.js'
import type { ColumnSpec, ResourceOf, TableSpec } from '../../model/resource.js'
import { names, rawColumns } from '../../naming.js'
import { clusterOf } from './cluster.js'
import { mark } from './mark.js'
import { id } from './text.js'
import { codecOf, isNullable, storedTypeText } from './types.js'

type TableResource = ResourceOf<'clickhouse.table'>

const DAY_S = 86_400
/** Blocks whose tokens a table remembers: a batch sent again within the last this many counts once, views included. */
export const DEDUP_WINDOW = 10_000

const utc = (name: string): ColumnSpec => ({
  name,
  type: "DateTime64(3, 'UTC')",
  codec: 'Delta(8), ZSTD(1)',
})
const arrival = (name: string): ColumnSpec => ({ ...utc(name), default: "now64(3, 'UTC')" })
const plain = (name: string, type: string): ColumnSpec => ({ name, type, codec: 'ZSTD(1)' })

/** The tables beside the rollups: raw events, dead letters and canaries of each source, ledger, configuration, tier 3's values. */
export function tables(model: Model): TableResource[] {
  const list = model.sources.flatMap(source => [
    raw(model, source),
    deadLetters(model, source),
    canaries(model, source),
  ])
  return [
    ...list,
    ledger(model),
    configuration(model),
    ...(model.metrics.some(m => m.tier === 3) ? [values(model)] : []),
  ]
}

function table(
  model: Model,
  name: string,
  note: string,
  spec: Omit<TableSpec, 'database' | 'name' | 'comment' | 'cluster' | 'settings'> &
    Partial<Pick<TableSpec, 'settings'>>,
  source?: Source,
): TableResource {
  const resourceId = `clickhouse.table/${name}`
  const cluster = clusterOf(model)
  return {
    id: resourceId,
    kind: 'clickhouse.table',
    dependsOn: [`clickhouse.database/${model.project}`],
    ...(source && { origin: source.span }),
    spec: {
      database: model.project,
      name,
      comment: mark(resourceId, note),
      ...(cluster !== undefined && { cluster }),
      settings: { non_replicated_deduplication_window: DEDUP_WINDOW },
      ...spec,
    },
  }
}

/** Where a row came from: its place in the topic where there is Kafka, its INSERT and its request. */
const origin = (model: Model): ColumnSpec[] => [
  ...(model.target.kafka
    ? [
        plain(rawColumns.topic, 'LowCardinality(String)'),
        plain(rawColumns.topicPartition, 'UInt32'),
        plain(rawColumns.offset, 'UInt64'),
      ]
    : []),
  plain(rawColumns.batch, 'UInt64'),
  plain(rawColumns.key, 'UInt64'),
]

/** Partitioned by arrival, so that one insert touches one partition and is atomic. */
function raw(model: Model, source: Source): TableResource {
  const { rawMs } = source.retention
  return table(
    model,
    source.table,
    `raw events of source ${source.name}`,
    {
      columns: [
        ...source.columns.map(({ name, type }) => ({ name, type: storedTypeText(type), codec: codecOf(type) })),
        arrival(rawColumns.ingestedAt),
        plain(rawColumns.canary, 'UInt64'),
        ...origin(model),
      ],
      engine: 'MergeTree',
      partitionBy: `toYYYYMMDD(${rawColumns.ingestedAt})`,
      orderBy: sortingKey(model, source),
      ...(rawMs !== null && { ttl: { column: rawColumns.ingestedAt, seconds: Math.ceil(rawMs / 1000) } }),
      settings: {
        non_replicated_deduplication_window: DEDUP_WINDOW,
        ...(rawMs !== null && { ttl_only_drop_parts: 1 }),
      },
    },
    source,
  )
}

/** Low-cardinality columns that metrics filter or group by, then time: what a backfill and a person read by. */
function sortingKey(model: Model, source: Source): string[] {
  const used = new Set(
    model.metrics
      .filter(metric => metric.source === source.name)
      .flatMap(metric => [...metric.by, ...(metric.where ? columnsOf(metric.where) : [])]),
  )
  const rank = (type: ColumnType): number | undefined =>
    ({ bool: 0, enum: 1, lowCardinality: 2 })[type.kind as 'bool' | 'enum' | 'lowCardinality']
  const keys = source.columns
    .filter(({ name, type }) => used.has(name) && rank(type) !== undefined && !isNullable(type))
    .sort((a, b) => rank(a.type)! - rank(b.type)! || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
  return [...keys.map(({ name }) => id(name)), id(source.timestamp)]
}

/** Rejected events with the reason: nothing is lost. Kept as long as raw events, 90 days at most. */
function deadLetters(model: Model, source: Source): TableResource {
  const seconds = Math.min(90 * DAY_S, Math.ceil((source.retention.rawMs ?? Number.POSITIVE_INFINITY) / 1000))
  return table(
    model,
    names.deadLetters(source.table),
    `rejected events of source ${source.name}`,
    {
      columns: [
        arrival('received_at'),
        plain('reason', 'LowCardinality(String)'),
        plain('message', 'String'),
        plain('line', 'UInt32'),
        plain('column', 'String'),
        plain('event', 'String'),
        ...origin(model),
      ],
      engine: 'MergeTree',
      partitionBy: 'toYYYYMMDD(received_at)',
      orderBy: ['received_at'],
      ttl: { column: 'received_at', seconds },
      settings: { non_replicated_deduplication_window: DEDUP_WINDOW, ttl_only_drop_parts: 1 },
    },
    source,
  )
}

/** One row for each canary, filled by a view from raw: what `verify` measures latency by. */
function canaries(model: Model, source: Source): TableResource {
  return table(
    model,
    names.canaries(source.table),
    `canaries of source ${source.name}`,
    {
      columns: [utc('sent'), utc('ts'), utc('ingested_at')],
      engine: 'MergeTree',
      partitionBy: 'toYYYYMMDD(ingested_at)',
      orderBy: ['ts'],
      ttl: { column: 'ingested_at', seconds: 7 * DAY_S },
      settings: { non_replicated_deduplication_window: DEDUP_WINDOW, ttl_only_drop_parts: 1 },
    },
    source,
  )
}

const ledger = (model: Model): TableResource =>
  table(model, names.history, 'what was applied, by whom', {
    columns: [
      arrival('at'),
      plain('apply', 'String'),
      plain('event', 'LowCardinality(String)'),
      plain('change', 'String'),
      plain('detail', 'String'),
      plain('who', 'String'),
      plain('commit', 'String'),
    ],
    engine: 'MergeTree',
    orderBy: ['at'],
  })

const configuration = (model: Model): TableResource =>
  table(model, names.config, 'what the service runs: the newest row', {
    columns: [arrival('applied_at'), plain('hash', 'String'), plain('config', 'String')],
    engine: 'MergeTree',
    orderBy: ['applied_at'],
  })

/** Values of tier 3, appended by refreshable views; the API reads one instant's rows. */
const values = (model: Model): TableResource =>
  table(model, names.values, 'values that refreshable views computed', {
    columns: [
      plain('metric', 'LowCardinality(String)'),
      // Hash of what the metric means: another definition is another value.
      plain('definition', 'LowCardinality(String)'),
      utc('timestamp'),
      plain('total', 'UInt8'),
      plain('by', 'Map(String, Nullable(String))'),
      plain('value', 'Nullable(Float64)'),
      plain('exact', 'Nullable(String)'),
    ],
    engine: 'ReplacingMergeTree',
    partitionBy: 'toYYYYMM(timestamp)',
    orderBy: ['metric', 'timestamp', 'total', 'toString(`by`)'],
    ttl: { column: 'timestamp', seconds: 365 * DAY_S },
    settings: { ttl_only_drop_parts: 1 },
  })
