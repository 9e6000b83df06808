import type { ClickHouse } from '../clients/clickhouse.js'
import { columnsOf } from '../expr/walk.js'
import { writeRowClickHouse } from '../expr/writeClickHouse.js'
import type { Metric, Model } from '../model/model.js'
import { id, qualified, str } from '../targets/clickhouse/text.js'
import { instant, windowStart } from '../targets/clickhouse/window.js'
import type { CountedRows } from './report.js'

const SHOWN = 20

/** The events that a metric counts at an instant, by a query over raw that knows nothing of rollups. */
export async function countedRows(
  clickhouse: ClickHouse,
  model: Model,
  metric: Metric,
  at: { readonly asofMs: number; readonly startMs: number; readonly series: Readonly<Record<string, string>> },
): Promise<CountedRows> {
  const source = model.sources.find(({ name }) => name === metric.source)!
  const table = qualified(model.project, source.table)
  const asof = `toInt64(${at.asofMs})`
  const time = `toDateTime64(${id(source.timestamp)}, 3, 'UTC')`
  const conditions = [
    `${time} >= ${instant(windowStart(metric.window, model.timezone, asof))}`,
    `${time} < ${instant(asof)}`,
    ...(metric.where ? [`ifNull(${writeRowClickHouse(metric.where)}, false)`] : []),
    ...Object.entries(at.series).map(([name, value]) => `ifNull(toString(${id(name)}), 'null') = ${str(value)}`),
  ].join(' AND ')
  const [size] = await clickhouse.query<{ n: string; all: string }>(
    `SELECT countIf(${conditions}) AS n, count() AS all FROM ${table}`,
  )
  const columns = columnsRead(metric).filter(name => name !== source.timestamp)
  const shown = columns.map((name, i) => `toString(${id(name)}) AS c${i}`)
  const rows = await clickhouse.query<Record<string, string | null>>(
    `SELECT ${[`toUnixTimestamp64Milli(${time}) AS _ms`, ...shown].join(', ')} FROM ${table}
     WHERE ${conditions} ORDER BY ${[time, ...columns.map(id)].join(', ')} LIMIT ${SHOWN}`,
  )
  return {
    count: Number(size!.n),
    others: Number(size!.all) - Number(size!.n),
    rows: rows.map(row => ({
      [source.timestamp]: offsetText(Number(row._ms) - at.startMs),
      ...Object.fromEntries(columns.map((name, i) => [name, row[`c${i}`] ?? null])),
    })),
  }
}

const columnsRead = ({ measure, where, by }: Metric): string[] => [
  ...new Set([...by, ...(where ? columnsOf(where) : []), ...columnsOf(measure)]),
]

/** An offset as the file writes it: `1500ms`, `5s`, `2m`, `25h`. */
export function offsetText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`
  return ms === 0 ? '0s' : `${ms}ms`
}
