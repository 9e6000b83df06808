import type { ColumnSpec, TableSpec } from '../../model/resource.js'
import type { LiveColumn, LiveTable } from './observe.js'
import { ttlSql } from './render.js'

// Both sides of a comparison pass through here, so that a plan right after an apply is empty.

/** A table reduced to what may differ and matters. Its layout (sorting key, partitions, granules) is chosen when it is made and stays. */
export interface NormalTable {
  readonly columns: ReadonlyMap<string, NormalColumn>
  readonly ttl: string
  readonly settings: ReadonlyMap<string, string>
  readonly engine: string
}

export interface NormalColumn {
  readonly type: string
  readonly default: string
  readonly codec: string
}

export const wantedTable = (spec: TableSpec): NormalTable => ({
  columns: new Map(spec.columns.map(column => [column.name, wantedColumn(column)])),
  ttl: spec.ttl ? ttlSql(spec.ttl) : '',
  settings: new Map(
    Object.entries(spec.settings)
      .filter(([name]) => name !== 'index_granularity_bytes')
      .map(([name, value]) => [name, String(value)]),
  ),
  engine: spec.engine,
})

const wantedColumn = ({ type, default: value, codec }: ColumnSpec): NormalColumn => ({
  type,
  default: value ?? '',
  codec: codec ?? '',
})

export function liveNormalTable(table: LiveTable): NormalTable {
  const [, ttl = '', settings = ''] = /(?: TTL (.+?))?(?: SETTINGS (.+))?$/.exec(stripHead(table.engineFull)) ?? []
  return {
    columns: new Map(table.columns.map(column => [column.name, liveColumn(column)])),
    ttl,
    settings: new Map(
      settings
        .split(', ')
        .filter(Boolean)
        .map(pair => {
          const [name = '', value = ''] = pair.split(' = ')
          return [name, value.replace(/^'|'$/g, '')]
        }),
    ),
    engine: table.engine,
  }
}

/** `engine_full` from its TTL or SETTINGS on. */
const stripHead = (engineFull: string): string => {
  const at = engineFull.search(/ (TTL|SETTINGS) /)
  return at < 0 ? '' : engineFull.slice(at)
}

const liveColumn = ({ type, default: value, codec }: LiveColumn): NormalColumn => ({
  type,
  default: value,
  codec: /^CODEC\((.*)\)$/.exec(codec)?.[1] ?? '',
})

const UNIT_SECONDS: Record<string, number> = { SECOND: 1, MINUTE: 60, HOUR: 3600, DAY: 86_400, WEEK: 604_800 }

/** Seconds of a TTL on one instant; undefined for none, or one that only a person understands. */
export const ttlSeconds = (ttl: string): number | undefined => {
  const [, unit, n] = /^toDateTime\(\w+\) \+ toInterval(\w+)\((\d+)\)$/.exec(ttl) ?? []
  const seconds = unit === undefined ? undefined : UNIT_SECONDS[unit.toUpperCase()]
  return seconds === undefined ? undefined : Number(n) * seconds
}

/** `EVERY 5 MINUTE OFFSET 5 SECOND` in seconds: `300+5`. */
export function normalSchedule(schedule: string): string {
  const seconds = (text: string | undefined): number =>
    [...(text ?? '').matchAll(/(\d+) (\w+)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * (UNIT_SECONDS[unit!] ?? Number.NaN),
      0,
    )
  const [, every, offset] = /EVERY (.+?)(?: OFFSET (.+))?$/.exec(schedule) ?? []
  return `${seconds(every)}+${seconds(offset)}`
}
