import type { ClickHouse } from '../../clients/clickhouse.js'
import type { Impact } from '../../model/plan.js'
import type { Resource } from '../../model/resource.js'
import { names } from '../../naming.js'
import type { Carry } from './carry.js'
import { fillKey, selectsOf } from './liveViews.js'
import { markedId, markFacts } from './mark.js'
import { normalForms } from './normalForms.js'
import { qualified, str } from './text.js'

/** One table or view as the server describes it. */
export interface LiveTable {
  readonly name: string
  readonly engine: string
  readonly engineFull: string
  /** The SELECT of a view, in the server's own form; empty for tables. */
  readonly select: string
  /** Where a materialized view writes, without the database; undefined for anything else. */
  readonly feeds?: string
  /** For a refreshable view, its schedule as stored: `EVERY 5 MINUTE OFFSET …`. */
  readonly schedule?: string
  readonly comment: string
  /** The resource that made it, or undefined: not ours, never touched. */
  readonly owner?: string
  readonly rows: number
  readonly bytes: number
  readonly columns: readonly LiveColumn[]
  /** What an apply that was killed in just that moment left: a view under another name, raw that takes nothing in. */
  readonly left?: 'renamed' | 'held'
}

export interface LiveColumn {
  readonly name: string
  readonly type: string
  readonly default: string
  readonly codec: string
  readonly comment: string
  /** Compressed, on disk; 0 where unknown. */
  readonly bytes: number
}

/** What a server holds of a project, and the server's own form of each SELECT that is wanted. */
export interface Observed {
  readonly database: string
  readonly exists: boolean
  readonly tables: ReadonlyMap<string, LiveTable>
  /** Our text → as the server would store it. */
  readonly normal: ReadonlyMap<string, string>
  /** Fills that were compared and found equal: view and cut-over, as `fillKey` joins them. */
  readonly filled: ReadonlySet<string>
  /** By rollup, where states have to be filled: what that takes. Measured once it is known which (figures.ts). */
  readonly figures?: ReadonlyMap<string, Figures>
}

/** What filling a rollup's missing states from raw takes and gives. */
export interface Figures {
  readonly impact: Impact
  /** Buckets before this instant (epoch ms) hold history that raw no longer has: it is never cleared. */
  readonly keep?: number
  /** What comes from other rollups. */
  readonly carries: readonly Carry[]
}

/** Reads only. */
export async function observe(
  clickhouse: ClickHouse,
  database: string,
  wanted: readonly Resource[],
): Promise<Observed> {
  const isRollup = (resource: Resource): boolean => resource.kind === 'clickhouse.rollup'
  // The server parses and writes each statement anew on one core for each call: calls side by side use them all.
  const [databases, rows, columns, views] = await Promise.all([
    clickhouse.query(`SELECT name FROM system.databases WHERE name = ${str(database)}`),
    Promise.all([0, 1].map(half => clickhouse.query<TableRow>(TABLES(database, half)))),
    clickhouse.query<ColumnRow>(COLUMNS(database)),
    normalForms(
      clickhouse,
      wanted.flatMap(resource => (isRollup(resource) ? [] : selectsOf(resource, new Map()))),
    ),
  ])
  const byTable = groupByTable(columns)
  const live = rows.flat().map(row => liveTable(row, byTable.get(row.name) ?? []))
  const tables = new Map(live.map(table => [table.name, table]))
  const [rollups, filled] = await Promise.all([
    normalForms(
      clickhouse,
      wanted.flatMap(resource => (isRollup(resource) ? selectsOf(resource, tables) : [])),
    ),
    filledIn(clickhouse, database, tables),
  ])
  const normal = new Map([...views, ...rollups])
  return { database, exists: databases.length > 0, tables, normal, filled }
}

/**
 * What the ledger says of fills. A view's comment could say it too, but changing it would change the token under which
 * the view's rows are known: a batch sent again after that would count twice (measured).
 */
async function filledIn(
  clickhouse: ClickHouse,
  database: string,
  tables: ReadonlyMap<string, LiveTable>,
): Promise<Set<string>> {
  const asked = [...tables.values()].some(view => markFacts(view.comment).from !== undefined)
  if (!asked || !tables.has(names.history)) return new Set()
  const rows = await clickhouse.query<{ view: string; from: string }>(
    `SELECT DISTINCT change AS view, JSONExtractInt(detail, 'from') AS from FROM ${qualified(database, names.history)} WHERE event = 'compared'`,
  )
  return new Set(rows.map(({ view, from }) => fillKey(view, from)))
}

function groupByTable<T extends { table: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.table)
    if (group) group.push(row)
    else groups.set(row.table, [row])
  }
  return groups
}

type ColumnRow = Omit<LiveColumn, 'bytes'> & { table: string; bytes: string }

interface TableRow {
  name: string
  engine: string
  engine_full: string
  as_select: string
  create_table_query: string
  comment: string
  total_rows: string | null
  total_bytes: string | null
}

/** One half of the tables, 0 or 1. */
const TABLES = (database: string, half: number): string =>
  `SELECT name, engine, engine_full, as_select, create_table_query, comment, total_rows, total_bytes FROM system.tables WHERE database = ${str(database)} AND cityHash64(name) % 2 = ${half}`

const COLUMNS = (database: string): string =>
  `SELECT table, name, type, default_expression AS \`default\`, compression_codec AS codec, comment, data_compressed_bytes AS bytes FROM system.columns WHERE database = ${str(database)} ORDER BY table, position`

function liveTable(row: TableRow, columns: readonly ColumnRow[]): LiveTable {
  const owner = markedId(row.comment)
  const head = /^CREATE MATERIALIZED VIEW \S+( REFRESH (.+?))?( APPEND)? TO \S+?\.(`(?:[^`\\]|\\.)*`|[^\s(]+)/.exec(
    row.create_table_query,
  )
  const renamed = head !== null && owner !== undefined && RENAMED.exec(row.name)
  const left = renamed ? 'renamed' : row.create_table_query.includes(names.hold) ? 'held' : undefined
  return {
    name: renamed ? renamed[1]! : row.name,
    engine: row.engine,
    engineFull: row.engine_full,
    select: row.as_select,
    ...(head?.[4] !== undefined && { feeds: head[4].replace(/^`|`$/g, '') }),
    ...(head?.[2] !== undefined && { schedule: head[2] }),
    comment: row.comment,
    ...(owner !== undefined && { owner }),
    rows: Number(row.total_rows ?? 0),
    bytes: Number(row.total_bytes ?? 0),
    columns: columns.map(({ table: _, bytes, ...column }) => ({ ...column, bytes: Number(bytes) })),
    ...(left && { left }),
  }
}

/** See `names.renamed` and `names.rollupView`. */
const RENAMED = /^(.+__[0-9a-f]{8})__$/
