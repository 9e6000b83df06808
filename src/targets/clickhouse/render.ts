import type { ColumnSpec, DatabaseSpec, RollupSpec, SelectItem, TableSpec, ViewSpec } from '../../model/resource.js'
import { names, rawColumns } from '../../naming.js'
import { id, qualified, str } from './text.js'

// The text of what ClickHouse is told: the same for people, for build/ and for the engine. Each statement may run twice.

/** ` ON CLUSTER …`, or nothing on a single server. */
export const onCluster = (cluster: string | undefined): string =>
  cluster === undefined ? '' : ` ON CLUSTER ${id(cluster)}`

export const createDatabase = (spec: DatabaseSpec): string =>
  `CREATE DATABASE IF NOT EXISTS ${id(spec.name)}${onCluster(spec.cluster)}`

export function createTable(spec: TableSpec): string {
  const lines = [
    `CREATE TABLE IF NOT EXISTS ${qualified(spec.database, spec.name)}${onCluster(spec.cluster)}`,
    '(',
    spec.columns.map(column => `  ${columnSql(column)}`).join(',\n'),
    ')',
    `ENGINE = ${spec.engine}`,
    ...(spec.partitionBy === undefined ? [] : [`PARTITION BY ${spec.partitionBy}`]),
    ...(spec.orderBy.length === 0 ? [] : [`ORDER BY (${spec.orderBy.join(', ')})`]),
    ...(spec.ttl ? [`TTL ${ttlSql(spec.ttl)}`] : []),
    ...settingsSql(spec.settings),
    `COMMENT ${str(spec.comment)}`,
  ]
  return lines.join('\n')
}

const settingsSql = (settings: TableSpec['settings']): string[] => {
  const list = Object.entries(settings).map(
    ([name, value]) => `${name} = ${typeof value === 'string' ? str(value) : value}`,
  )
  return list.length === 0 ? [] : [`SETTINGS ${list.join(', ')}`]
}

export const columnSql = ({ name, type, default: value, codec, comment }: ColumnSpec): string =>
  [
    id(name),
    type,
    ...(value === undefined ? [] : [`DEFAULT ${value}`]),
    ...(comment === undefined ? [] : [`COMMENT ${str(comment)}`]),
    ...(codec === undefined ? [] : [`CODEC(${codec})`]),
  ].join(' ')

export const ttlSql = (ttl: NonNullable<TableSpec['ttl']>): string =>
  `toDateTime(${ttl.column}) + toIntervalSecond(${ttl.seconds})`

/**
 * Takes a state's column away with all it holds (`addState` makes it anew), or where older buckets are to be kept
 * empties it from `keepMs` (epoch ms) on. A mutation.
 */
export function clearState({ database, name, columns }: TableSpec, state: string, keepMs?: number): string {
  const alter = `ALTER TABLE ${qualified(database, name)}`
  if (keepMs === undefined) return `${alter} DROP COLUMN IF EXISTS ${id(state)}`
  const { type } = columns.find(column => column.name === state)!
  return `${alter} UPDATE ${id(state)} = defaultValueOfTypeName(${str(type)}) WHERE bucket >= fromUnixTimestamp64Milli(${keepMs}, 'UTC')`
}
export const addState = ({ database, name, columns }: TableSpec, state: string): string =>
  `ALTER TABLE ${qualified(database, name)} ADD COLUMN IF NOT EXISTS ${columnSql(columns.find(column => column.name === state)!)}`

/** A view into a rollup that computes these states, counting what arrives from `fromMs` (epoch ms) on where given. */
export function createRollupView(
  spec: RollupSpec,
  states: readonly SelectItem[],
  comment: string,
  fromMs?: number,
): string {
  const { database, name, cluster } = spec.table
  const view = names.rollupView(
    name,
    states.map(state => state.name),
  )
  return createView({
    database,
    name: view,
    select: rollupSelect(spec, states, fromMs === undefined ? [] : [arrivedFrom(fromMs)]),
    comment,
    feeds: { table: name, on: 'insert' },
    ...(cluster !== undefined && { cluster }),
  })
}

export const arrivedFrom = (ms: number): string => `${rawColumns.ingestedAt} >= fromUnixTimestamp64Milli(${ms}, 'UTC')`
export const arrivedBefore = (ms: number): string => `${rawColumns.ingestedAt} < fromUnixTimestamp64Milli(${ms}, 'UTC')`

/** The rows of a rollup computed from raw: what its views run, and a backfill for a part of raw. */
export function rollupSelect(
  spec: RollupSpec,
  states: readonly SelectItem[],
  conditions: readonly string[] = [],
): string {
  const columns = [...spec.keys, ...states].map(({ name, sql }) => `${sql} AS ${id(name)}`)
  return [
    `SELECT ${columns.join(', ')}`,
    `FROM ${qualified(spec.source.database, spec.source.table)}`,
    `WHERE ${[spec.where, ...conditions].join(' AND ')}`,
    `GROUP BY ${spec.keys.map(key => id(key.name)).join(', ')}`,
  ].join(' ')
}

export const dropTable = (database: string, name: string): string =>
  `DROP TABLE IF EXISTS ${qualified(database, name)} SYNC`

export function createView(spec: ViewSpec): string {
  const { feeds } = spec
  const head = `${feeds ? 'CREATE MATERIALIZED VIEW IF NOT EXISTS' : 'CREATE OR REPLACE VIEW'} ${qualified(spec.database, spec.name)}${onCluster(spec.cluster)}`
  const schedule =
    feeds?.on === 'refresh'
      ? [`REFRESH EVERY ${feeds.everySeconds} SECOND OFFSET ${feeds.offsetSeconds} SECOND APPEND`]
      : []
  const to = feeds ? [`TO ${qualified(spec.database, feeds.table)}`] : []
  // Owned by nobody: it goes on when the account that made it is gone.
  const security = feeds?.on === 'refresh' ? ['SQL SECURITY NONE'] : []
  return [head, ...schedule, ...to, ...security, `AS ${spec.select}`, `COMMENT ${str(spec.comment)}`].join('\n')
}
