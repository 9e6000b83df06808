import { type Compiled, compile } from '../../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../../src/compile/testing.js'
import type { Window } from '../../../src/model/model.js'
import type { MetricConfig } from '../../../src/model/serviceConfig.js'

// A metrics file in short, together with what each of its words means in plain SQL over raw events: the compiler is
// never asked what the right answer is.

export interface Config {
  readonly metrics: Readonly<Record<string, MetricSpec>>
  /** Columns beside those that are always there. */
  readonly extra: readonly (keyof typeof EXTRA)[]
  readonly timezone: string
  readonly rawDays: number | null
  readonly rollupDays: number | null
}

export interface MetricSpec {
  readonly measure: keyof typeof MEASURES
  readonly where?: keyof typeof WHERES
  readonly by?: readonly ('region' | 'event_type')[]
  readonly window: keyof typeof WINDOWS
  readonly refreshMs: number
  readonly tier?: 1 | 2 | 3
  readonly description?: string
}

export const COLUMNS = {
  event_type: 'LowCardinality(String)',
  user_id: 'UInt64',
  value: 'Float64',
  amount: 'Decimal(18, 4)',
  ts: 'DateTime64(3)',
  region: 'LowCardinality(String)',
}
export const EXTRA = { plan: 'LowCardinality(String)', score: 'Nullable(Int32)' }

/** Measures, and the same in ClickHouse's words. */
export const MEASURES = {
  count: ['count()', 'count()'],
  errors: ["count() filter (where event_type = 'error') / count()", "countIf(event_type = 'error') / count()"],
  sum: ['sum(value)', 'sum(value)'],
  money: ['sum(amount)', 'sum(amount)'],
  avg: ['avg(value)', 'avg(value)'],
  min: ['min(value)', 'minOrNull(value)'],
  max: ['max(user_id)', 'maxOrNull(user_id)'],
  users: ['uniq(user_id)', 'uniqCombined64(14)(user_id)'],
  exactly: ['uniq_exact(user_id)', 'uniqExact(user_id)'],
  p90: ['quantile(0.9, value)', 'quantileDD(0.01, 0.9)(toFloat64(value))'],
  last: ['last(value)', 'argMaxOrNull(value, (ts, value))'],
} as const

export const WHERES = {
  errors: ["event_type = 'error'", "event_type = 'error'"],
  eu: ["region = 'eu'", "region = 'eu'"],
  large: ['value > 100', 'value > 100'],
} as const

const MINUTE = 60_000
/** Windows, and the refreshes that go with them. */
export const WINDOWS = {
  second: { window: trailing(1000), refreshes: [250, 500, 1000] },
  minute: { window: trailing(MINUTE), refreshes: [250, 5000, 10_000] },
  fiveMinutes: { window: trailing(5 * MINUTE), refreshes: [1000, 5000, 30_000] },
  hours: { window: trailing(26 * 60 * MINUTE), refreshes: [10_000, MINUTE] },
  hour: { window: { kind: 'calendar', unit: 'hour' }, refreshes: [5000, 30_000] },
  day: { window: { kind: 'calendar', unit: 'day' }, refreshes: [10_000, 5 * MINUTE] },
  week: { window: { kind: 'calendar', unit: 'week' }, refreshes: [30_000, 5 * MINUTE] },
} as const satisfies Record<string, { window: Window; refreshes: readonly number[] }>

export const compiledOf = (config: Config, project: string): Compiled => {
  const columns = { ...COLUMNS, ...Object.fromEntries(config.extra.map(name => [name, EXTRA[name]])) }
  const metrics = Object.fromEntries(
    Object.entries(config.metrics).map(([name, spec]): [string, ShortMetric] => [
      name,
      {
        measure: MEASURES[spec.measure][0],
        ...(spec.where && { where: WHERES[spec.where][0] }),
        ...(spec.by && { by: [...spec.by] }),
        window: WINDOWS[spec.window].window,
        refreshMs: spec.refreshMs,
        ...(spec.tier && { tier: spec.tier }),
      },
    ]),
  )
  const days = (n: number | null): number | null => (n === null ? null : n * 86_400_000)
  const model = testModel(columns, metrics, {
    project,
    timezone: config.timezone,
    source: { retention: { topicMs: null, rawMs: days(config.rawDays), rollupMs: days(config.rollupDays) } },
  })
  return compile({
    ...model,
    metrics: model.metrics.map(metric => {
      const { description } = config.metrics[metric.name]!
      return description === undefined ? metric : { ...metric, description }
    }),
  })
}

/** A metric, and the plain SQL over a table of raw events that is its answer. */
export interface Answer {
  readonly metric: MetricConfig
  readonly direct: (table: string) => string
}

export const answersOf = (config: Config, project: string): Answer[] =>
  compiledOf(config, project).service.metrics.map(metric => {
    const { measure, where, by = [], window } = config.metrics[metric.name]!
    const words = { sql: MEASURES[measure][1], where: where && WHERES[where][1], by, window: WINDOWS[window].window }
    return { metric, direct: table => directSql(words, config.timezone, table) }
  })

/** A value at `asof` by plain SQL over raw events: rows of `total`, the dimensions and `value`. */
export function directSql(
  words: { sql: string; where: string | undefined; by: readonly string[]; window: Window },
  timezone: string,
  table: string,
): string {
  const { sql, where, by, window } = words
  const asof = "{asof:DateTime64(3, 'UTC')}"
  const since =
    window.kind === 'trailing'
      ? `${asof} - toIntervalMillisecond(${window.ms})`
      : `toDateTime64(date_trunc('${window.unit}', toTimeZone(${asof}, '${timezone}')), 3, '${timezone}')`
  return [
    `SELECT ${by[0] ? `grouping(${by[0]})` : '1'} AS total, ${[...by, `toFloat64(${sql}) AS value`].join(', ')}`,
    `FROM ${table} WHERE _canary = 0 AND ts >= ${since} AND ts < ${asof} ${where ? `AND ${where}` : ''}`,
    by.length > 0 ? `GROUP BY GROUPING SETS ((${by.join(', ')}), ())` : '',
  ].join(' ')
}
