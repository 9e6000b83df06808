import fc from 'fast-check'
import type { ClickHouse } from '../../../src/clients/clickhouse.js'
import { type Config, EXTRA, MEASURES, type MetricSpec, WHERES, WINDOWS } from './config.js'

// Random configurations, edits of them, and what people do to a live system by hand.

const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'] as const
const keys = <T extends object>(of: T): (keyof T)[] => Object.keys(of) as (keyof T)[]

const metric: fc.Arbitrary<MetricSpec> = fc
  .record({
    measure: fc.constantFrom(...keys(MEASURES)),
    where: fc.option(fc.constantFrom(...keys(WHERES)), { nil: undefined, freq: 1 }),
    by: fc.constantFrom<MetricSpec['by']>(undefined, undefined, ['region'], ['event_type'], ['region', 'event_type']),
    window: fc.constantFrom(...keys(WINDOWS)),
    refresh: fc.nat(),
  })
  .map(({ measure, where, by, window, refresh }) =>
    timed({ measure, ...(where && { where }), ...(by && { by }), window }, refresh),
  )

/** With a refresh that its window allows, and the tier that goes with it. */
function timed(spec: Omit<MetricSpec, 'refreshMs' | 'tier'>, pick: number): MetricSpec {
  const { refreshes } = WINDOWS[spec.window]
  const refreshMs = refreshes[pick % refreshes.length]!
  return { ...spec, refreshMs, tier: refreshMs < 1000 ? 1 : refreshMs > 30_000 ? 3 : 2 }
}

export const config: fc.Arbitrary<Config> = fc.record({
  metrics: fc.dictionary(fc.constantFrom(...names), metric, { minKeys: 1, maxKeys: 3 }).map(found => ({ ...found })),
  extra: fc.subarray(keys(EXTRA)),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York'),
  rawDays: fc.constantFrom(90, 30, null),
  rollupDays: fc.constantFrom(365, 40, null),
})

export type Edit = (config: Config) => Config

/** One edit; `which` chooses the metric it is about. */
export const edit: fc.Arbitrary<{ readonly what: string; readonly edit: Edit }> = fc
  .record({
    which: fc.nat(),
    name: fc.constantFrom(...names),
    fresh: metric,
    kind: fc.constantFrom(
      'add',
      'add',
      'remove',
      'rename',
      'measure',
      'where',
      'by',
      'window',
      'refresh',
      'describe',
      'columns',
      'timezone',
      'rawDays',
      'rollupDays',
      'everything',
    ),
    other: config,
  })
  .map(({ which, name, fresh, kind, other }) => ({ what: kind, edit: made(kind, which, name, fresh, other) }))

function made(kind: string, which: number, name: string, fresh: MetricSpec, other: Config): Edit {
  const at =
    (change: (spec: MetricSpec) => MetricSpec): Edit =>
    config => {
      const chosen = chosenOf(config, which)
      return { ...config, metrics: { ...config.metrics, [chosen]: change(config.metrics[chosen]!) } }
    }
  switch (kind) {
    case 'add':
      return config => ({ ...config, metrics: { ...config.metrics, [name]: fresh } })
    case 'remove':
      return config => (Object.keys(config.metrics).length > 1 ? without(config, chosenOf(config, which)) : config)
    case 'rename':
      return config => {
        const chosen = chosenOf(config, which)
        const rest = without(config, chosen)
        return { ...rest, metrics: { ...rest.metrics, [name]: config.metrics[chosen]! } }
      }
    case 'measure':
      return at(spec => ({ ...spec, measure: fresh.measure }))
    case 'where':
      return at(({ where: _, ...spec }) => ({ ...spec, ...(fresh.where && { where: fresh.where }) }))
    case 'by':
      return at(({ by: _, ...spec }) => ({ ...spec, ...(fresh.by && { by: fresh.by }) }))
    case 'window':
      return at(spec => timed({ ...spec, window: fresh.window }, which))
    case 'refresh':
      return at(spec => timed(spec, which))
    case 'describe':
      return at(spec => ({ ...spec, description: `words ${which}` }))
    case 'everything':
      return () => other
    default:
      return config => ({
        ...config,
        [kind === 'columns' ? 'extra' : kind]: other[kind === 'columns' ? 'extra' : (kind as 'timezone')],
      })
  }
}

const chosenOf = (config: Config, which: number): string => {
  const all = Object.keys(config.metrics).sort()
  return all[which % all.length]!
}

function without(config: Config, name: string): Config {
  const { [name]: _, ...metrics } = config.metrics
  return { ...config, metrics }
}

/** What somebody does by hand behind rtdash's back. */
export const drift = fc.record({
  kind: fc.constantFrom(
    'drop rollup view',
    'drop view',
    'drop rollup',
    'drop state',
    'double view',
    'ttl of raw',
    'no ttl',
    'setting',
  ),
  which: fc.nat(),
})
export type Drift = typeof drift extends fc.Arbitrary<infer T> ? T : never

export async function wreck(client: ClickHouse, database: string, { kind, which }: Drift): Promise<string> {
  const tables = await client.query<{ name: string; engine: string; as_select: string }>(
    'SELECT name, engine, as_select FROM system.tables WHERE database = {database:String} ORDER BY name',
    { database },
  )
  const chosen = <T>(list: readonly T[]): T | undefined => list[which % Math.max(1, list.length)]
  const rollupViews = tables.filter(({ name, engine }) => engine === 'MaterializedView' && name.startsWith('rollup_'))
  const rollups = tables.filter(({ engine }) => engine === 'AggregatingMergeTree')
  const run = async (sql: string | undefined): Promise<string> => {
    if (sql !== undefined) await client.command(sql)
    return sql ?? 'nothing to wreck'
  }
  switch (kind) {
    case 'drop rollup view': {
      const view = chosen(rollupViews)
      return run(view && `DROP TABLE ${database}.${view.name} SYNC`)
    }
    case 'drop view': {
      const view = chosen(tables.filter(({ name, engine }) => engine.endsWith('View') && !name.startsWith('rollup_')))
      return run(view && `DROP TABLE ${database}.${view.name} SYNC`)
    }
    case 'drop rollup': {
      const table = chosen(rollups)
      return run(table && `DROP TABLE ${database}.${table.name} SYNC`)
    }
    case 'drop state': {
      const columns = await client.query<{ table: string; name: string }>(
        "SELECT table, name FROM system.columns WHERE database = {database:String} AND table IN {rollups:Array(String)} AND match(name, '_[0-9a-f]{8}$') ORDER BY table, name",
        { database, rollups: rollups.map(({ name }) => name) },
      )
      const column = chosen(columns)
      return run(
        column && `ALTER TABLE ${database}.${column.table} DROP COLUMN ${column.name} SETTINGS mutations_sync = 2`,
      )
    }
    case 'double view': {
      const view = chosen(rollupViews.filter(({ as_select }) => as_select.includes('count()')))
      return run(
        view && `ALTER TABLE ${database}.${view.name} MODIFY QUERY ${view.as_select.replace('count()', '2 * count()')}`,
      )
    }
    case 'ttl of raw':
      return run(
        `ALTER TABLE ${database}.raw_events MODIFY TTL toDateTime(ingested_at) + toIntervalDay(${3 + (which % 50)})`,
      )
    case 'no ttl': {
      const table = chosen(rollups)
      return run(table && `ALTER TABLE ${database}.${table.name} MODIFY TTL toDateTime(bucket) + toIntervalDay(20)`)
    }
    default: {
      const table = chosen(rollups)
      return run(
        table && `ALTER TABLE ${database}.${table.name} MODIFY SETTING non_replicated_deduplication_window = 500`,
      )
    }
  }
}
