import type { ClickHouse } from '../clients/clickhouse.js'
import { parseColumnType } from '../expr/columnType.js'
import { id, qualified } from '../targets/clickhouse/text.js'
import { mapType } from './columnTypes.js'
import { ImportFailed } from './errors.js'
import type { ColumnProfile, SourceProfile } from './profile.js'
import { chooseTimestamp } from './roles.js'

const SAMPLE_ROWS = 100_000
/** Values that are listed, where there are no more. */
const LISTED = 20
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

interface LiveColumn {
  readonly name: string
  readonly type: string
  readonly kind: string
}

/** Looks at a table's columns and at a sample of its rows. `table` is `db.table`, or a table of the account's database. */
export async function profileTable(clickhouse: ClickHouse, table: string): Promise<SourceProfile> {
  const { database, name } = await placeOf(clickhouse, table)
  const live = await clickhouse.query<LiveColumn>(
    `SELECT name, type, default_kind AS kind FROM system.columns
     WHERE database = {database:String} AND table = {name:String} ORDER BY position`,
    { database, name },
  )
  if (live.length === 0)
    throw new ImportFailed('no-table', `there is no table ${database}.${name}`, 'name it as database.table')
  const columns: { name: string; type: string; note?: string }[] = []
  const leftOut: { name: string; why: string }[] = []
  for (const column of live) {
    const why = unusable(column)
    const mapped = why === undefined ? mapType(column.type) : { why }
    if ('why' in mapped) leftOut.push({ name: column.name, why: mapped.why })
    else columns.push({ name: column.name, ...mapped })
  }
  const from = qualified(database, name)
  const profiles = await profileColumns(clickhouse, from, columns)
  const peak = await peakOf(clickhouse, from, chooseTimestamp(profiles.columns)?.name)
  return {
    kind: 'clickhouse',
    from: `${database}.${name}`,
    sampled: profiles.rows,
    columns: profiles.columns,
    leftOut,
    ...(peak !== undefined && { peak }),
  }
}

async function placeOf(clickhouse: ClickHouse, table: string): Promise<{ database: string; name: string }> {
  const [first = '', ...rest] = table.split('.')
  if (rest.length > 0) return { database: first, name: rest.join('.') }
  const [row] = await clickhouse.query<{ d: string }>('SELECT currentDatabase() AS d')
  return { database: row!.d, name: first }
}

function unusable({ name, kind }: LiveColumn): string | undefined {
  if (name.startsWith('_') || name === 'ingested_at') return 'the name is reserved for rtdash'
  if (!NAME.test(name)) return 'the name is not one of letters, digits and _'
  if (kind === 'ALIAS' || kind === 'MATERIALIZED') return 'ClickHouse computes it'
  return undefined
}

async function profileColumns(
  clickhouse: ClickHouse,
  from: string,
  columns: readonly { name: string; type: string; note?: string }[],
): Promise<{ rows: number; columns: ColumnProfile[] }> {
  const facts = columns.flatMap(({ name, type }, i) => [
    `uniqExact(${id(name)}) AS u${i}`,
    `countIf(isNull(${id(name)})) AS a${i}`,
    `arraySort(groupUniqArray(${LISTED + 1})(ifNull(toString(${id(name)}), ''))) AS v${i}`,
    ...(isNumber(type) ? [`toFloat64(min(${id(name)})) AS l${i}`, `toFloat64(max(${id(name)})) AS g${i}`] : []),
  ])
  const [row] = await clickhouse.query<Record<string, string | number | string[] | null>>(
    `SELECT ${['count() AS n', ...facts].join(', ')} FROM (SELECT * FROM ${from} LIMIT ${SAMPLE_ROWS})`,
  )
  const rows = Number(row!.n)
  return {
    rows,
    columns: columns.map(({ name, type, note }, i) => {
      const values = row![`v${i}`] as string[]
      const distinct = Number(row![`u${i}`])
      const [least, greatest] = [row![`l${i}`], row![`g${i}`]]
      return {
        name,
        ...lowered(type, distinct, rows, note),
        distinct,
        absent: rows === 0 ? 0 : Number(row![`a${i}`]) / rows,
        ...(values.length <= LISTED && { values }),
        ...(least != null && { least: Number(least) }),
        ...(greatest != null && { greatest: Number(greatest) }),
      }
    }),
  }
}

/** Texts of few values are kept as such. */
function lowered(type: string, distinct: number, rows: number, note?: string): { type: string; note?: string } {
  const few = distinct <= 1000 && distinct * 20 <= rows
  if (!few || (type !== 'String' && type !== 'Nullable(String)')) return { type, ...(note !== undefined && { note }) }
  const why = `${distinct} different ${distinct === 1 ? 'value' : 'values'} in ${rows.toLocaleString('en-US')} rows`
  return { type: `LowCardinality(${type})`, note: note === undefined ? why : `${note}; ${why}` }
}

const isNumber = (text: string): boolean => {
  const parsed = parseColumnType(text)
  const type = parsed.ok ? parsed.type : undefined
  const inner = type?.kind === 'nullable' ? type.inner : type
  return inner !== undefined && ['int', 'float', 'decimal'].includes(inner.kind)
}

/** Most events of one second, of the newest hour that there is. */
async function peakOf(
  clickhouse: ClickHouse,
  from: string,
  timestamp: string | undefined,
): Promise<number | undefined> {
  if (timestamp === undefined) return undefined
  const time = id(timestamp)
  const [row] = await clickhouse.query<{ peak: string }>(
    `SELECT max(n) AS peak FROM (SELECT count() AS n FROM ${from}
     WHERE ${time} > (SELECT max(${time}) FROM ${from}) - toIntervalHour(1) GROUP BY toUnixTimestamp(toDateTime(${time})))`,
    undefined,
    { settings: { max_execution_time: 30 } },
  )
  return row === undefined || row.peak === '0' ? undefined : Number(row.peak)
}
