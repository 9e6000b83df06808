import type { ClickHouse } from '../clients/clickhouse.js'
import { aggregatesOf } from '../expr/walk.js'
import type { Metric, Model, TestExpectation } from '../model/model.js'
import type { MetricConfig } from '../model/serviceConfig.js'
import { floorTo } from '../service/publish/asof.js'
import { SKETCH_ERROR } from '../targets/clickhouse/states.js'
import { countedRows } from './counted.js'
import { type Difference, placeOf } from './report.js'

interface Row extends Readonly<Record<string, unknown>> {
  readonly total: number
  readonly value: number | null
  readonly exact: string | null
}

/** A metric as the file declares it, and as it was compiled. */
export interface TestedMetric {
  readonly declared: Metric
  readonly compiled: MetricConfig
}

/** Sums of floats differ in their last digits with the order of adding. */
const FLOAT_ERROR = 1e-9

/** How what a metric gives at an instant differs from what is expected; undefined when it does not. */
export async function differenceOf(
  clickhouse: ClickHouse,
  model: Model,
  { declared, compiled }: TestedMetric,
  expected: TestExpectation,
  startMs: number,
): Promise<Difference | undefined> {
  const asofMs = floorTo(startMs + expected.atMs, compiled.refreshMs)
  const rows = await clickhouse.query<Row>(compiled.query, { asof: new Date(asofMs) })
  const { actual, note, unclear } = actualOf(rows, expected.series, compiled.empty)
  if (!unclear && close(actual, expected.value, toleranceOf(declared))) return undefined
  return {
    ...placeOf(expected.span),
    metric: compiled.name,
    at_ms: expected.atMs,
    read_at_ms: asofMs - startMs,
    ...(expected.series && { series: expected.series }),
    expected: expected.value,
    actual,
    ...(note !== undefined && { note }),
    counted: await countedRows(clickhouse, model, declared, { asofMs, startMs, series: expected.series ?? {} }),
  }
}

interface Actual {
  readonly actual: number | null
  readonly note?: string
  /** Nothing that is expected can be equal to it. */
  readonly unclear?: boolean
}

/** The total, or the one series that is named; one without events is as empty as the whole would be. */
function actualOf(rows: readonly Row[], series: TestExpectation['series'], empty: number | null): Actual {
  const total = rows.find(row => Number(row.total) === 1)
  if (series === undefined) return exactly(total ?? { value: empty, exact: null })
  const found = rows.filter(
    row =>
      Number(row.total) === 0 &&
      Object.entries(series).every(([name, value]) => String(row[`by_${name}`] ?? null) === value),
  )
  const [only] = found
  if (only === undefined) return { actual: empty, note: 'there is no such series' }
  if (found.length === 1) return exactly(only)
  return { actual: null, note: `${found.length} series are like that: name every dimension`, unclear: true }
}

function exactly({ value, exact }: Pick<Row, 'value' | 'exact'>): Actual {
  const actual = exact === null ? value : Number(exact)
  return exact !== null && String(actual) !== exact && !/\.\d*0$/.test(exact)
    ? { actual, note: `exactly ${exact}` }
    : { actual }
}

/** Quantiles are approximate; distinct counts are exact as long as there are few, as in a test. */
const toleranceOf = ({ measure }: Metric): number =>
  aggregatesOf(measure).some(({ fn }) => fn === 'quantile') ? SKETCH_ERROR : FLOAT_ERROR

const close = (a: number | null, b: number | null, tolerance: number): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)))
