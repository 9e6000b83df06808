import type { ClickHouse } from '../../../src/clients/clickhouse.js'
import type { MetricConfig } from '../../../src/model/serviceConfig.js'
import type { Answer } from './config.js'

type Row = { total: number; value: number | null } & Record<string, unknown>

/** Where metrics differ from their answers by plain SQL over `table` at these instants: empty when all are exact. */
export async function differences(
  client: ClickHouse,
  answers: readonly Answer[],
  table: string,
  instants: readonly number[],
): Promise<string[]> {
  const found: string[] = []
  for (const { metric, direct } of answers) {
    for (const instant of new Set(instants.map(at => Math.floor(at / metric.refreshMs) * metric.refreshMs))) {
      const asof = new Date(instant)
      const [got, want] = await Promise.all([
        client.query<Row>(metric.query, { asof }),
        client.query<Row>(direct(table), { asof }),
      ])
      const problem = compareRows(metric, got, want)
      if (problem) found.push(`${metric.name} at ${asof.toISOString()}: ${problem}`)
    }
  }
  return found
}

function compareRows(metric: MetricConfig, got: readonly Row[], want: readonly Row[]): string | undefined {
  const key = (row: Row, prefix: string): string =>
    Number(row.total) === 1 ? 'total' : JSON.stringify(metric.by.map(name => String(row[`${prefix}${name}`])))
  const wanted = new Map(want.map(row => [key(row, ''), row.value]))
  const seen = new Set<string>()
  for (const row of got) {
    const series = key(row, 'by_')
    seen.add(series)
    // A series that `where` empties is not in the direct answer.
    const expected = wanted.has(series) ? wanted.get(series)! : metric.empty
    if (!close(row.value, expected)) return `${series} is ${row.value}, direct ${expected}`
  }
  for (const [series, value] of wanted)
    if (!seen.has(series) && !close(metric.empty, value)) return `${series} is missing, direct ${value}`
  return undefined
}

const close = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))
