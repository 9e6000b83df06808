import { lower } from '../../compile/lower.js'
import { flinkText, flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { Metric, Source } from '../../model/model.js'
import { contentHash, names } from '../../naming.js'
import { UPDATES } from './sink.js'
import { CANARY, RECORDED, ROWTIME } from './source.js'
import { epochMs, interval } from './text.js'
import { aggregates, exactFlink, valueFlink } from './value.js'

const INTO = `INSERT INTO ${id(UPDATES)} (\`metric\`, \`timestamp\`, \`meaning\`, \`value\`, \`exact\`, \`series\`)`
const WINDOW = `${id('window_start')}, ${id('window_end')}`
const MAX_DOUBLE = '1.7976931348623157E308'

/**
 * One metric: a row whenever a window closes, with the total and every series in it, so that nobody has to guess when
 * all of a window has come. Calendar windows are a lint's errors. No column begins with `_`: those names are free here.
 */
export function metricInsert(source: Source, metric: Metric): string {
  const series = metric.by.length > 0 ? "'[' || `_series` || ']'" : 'CAST(NULL AS STRING)'
  const values = windowed(source, metric)
  const marks = `${flinkText(metric.name)}, ${epochMs(id('window_end'))}, ${flinkText(meaningOf(values))}`
  return [INTO, `SELECT ${marks}, \`_value\`, \`_exact\`, ${series} FROM (`, ...values, ')'].join('\n')
}

/** Names what a metric's values in Flink mean: another definition has another. */
export const streamedMeaning = (source: Source, metric: Metric): string => meaningOf(windowed(source, metric))

const meaningOf = (values: readonly string[]): string => contentHash(values.join('\n'), 12)

/** A row of each window: its end, `_value`, `_exact` and, with dimensions, `_series`. */
function windowed(source: Source, metric: Metric): string[] {
  const values = valued(source, metric)
  return metric.by.length > 0 ? collected(metric, values) : values
}

/** The total and the series of each window, a row each, `_total` 1 on the total's. What no double can hold is null. */
function valued(source: Source, metric: Metric): string[] {
  const { value, states } = lower(metric)
  const byName = new Map(states.map(state => [state.name, state]))
  const grouped = metric.by.length > 0
  const dimensions = metric.by.map(id)
  const computed = [...aggregates(value, byName)].map(([name, sql]) => `${sql} AS ${id(name)}`)
  const keys = [WINDOW, ...(grouped ? ['`_total`'] : []), ...dimensions].join(', ')
  const total = grouped ? [`GROUPING(${dimensions[0]}) AS \`_total\``] : []
  const sets = grouped ? [`GROUPING SETS ((${dimensions.join(', ')}), ())`] : []
  return [
    `  SELECT ${keys}, CASE WHEN ABS(\`_value\`) <= ${MAX_DOUBLE} THEN \`_value\` END AS \`_value\`, \`_exact\` FROM (`,
    `    SELECT ${keys}, ${valueFlink(value)} AS \`_value\`, ${exactFlink(value, byName)} AS \`_exact\` FROM (`,
    `      SELECT ${[WINDOW, ...total, ...dimensions, ...computed].join(', ')}`,
    `      FROM TABLE(${windows(source, metric)})`,
    `      WHERE ${id(CANARY)} = 0`,
    `      GROUP BY ${[WINDOW, ...sets].join(', ')}`,
    '    )',
    '  )',
  ]
}

/** One row for each window: the largest series, one more than are shown so that a cut is seen, as a list of JSON. */
function collected({ by, limit }: Metric, values: readonly string[]): string[] {
  const pairs = by.map(name => `KEY ${flinkText(name)} VALUE CAST(${id(name)} AS STRING)`).join(', ')
  const one = `JSON_OBJECT(KEY 'by' VALUE JSON_OBJECT(${pairs} NULL ON NULL), KEY 'value' VALUE \`_value\`, KEY 'exact' VALUE \`_exact\` NULL ON NULL)`
  // Of equal values the same are cut as in ClickHouse, where dimensions are text.
  const order = ['`_value` DESC', ...by.map(name => `CAST(${id(name)} AS STRING)`)].join(', ')
  return [
    `  SELECT ${WINDOW}, MAX(CASE WHEN \`_total\` = 1 THEN \`_value\` END) AS \`_value\`, MAX(CASE WHEN \`_total\` = 1 THEN \`_exact\` END) AS \`_exact\`,`,
    `    LISTAGG(CASE WHEN \`_total\` = 0 THEN ${one} END, ',') AS \`_series\``,
    `  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ${WINDOW}, \`_total\` ORDER BY ${order}) AS \`_nth\` FROM (`,
    ...values.map(line => `  ${line}`),
    `  )) WHERE \`_nth\` <= ${limit + 1} GROUP BY ${WINDOW}`,
  ]
}

function windows(source: Source, { name, window, refreshMs }: Metric): string {
  if (window.kind !== 'trailing') throw new Error(`metric ${name}: Flink computes trailing windows only`)
  const of = `TABLE ${id(source.name)}, DESCRIPTOR(${id(ROWTIME)})`
  return window.ms === refreshMs
    ? `TUMBLE(${of}, ${interval(window.ms)})`
    : `HOP(${of}, ${interval(refreshMs)}, ${interval(window.ms)})`
}

/**
 * The canaries, as they are read: `timestamp` their event time, `value` when they were sent, `exact` when the topic took
 * them, all epoch ms. They wait for no window, and so are there before the first value that they count for.
 */
export const canaryInsert = (source: Source): string =>
  [
    INTO,
    `SELECT ${flinkText(names.canaryMetric(source.name))}, ${epochMs(wall(ROWTIME))}, CAST(NULL AS STRING), CAST(${id(CANARY)} AS DOUBLE), CAST(${epochMs(wall(RECORDED))} AS STRING), CAST(NULL AS STRING)`,
    `FROM ${id(source.name)} WHERE ${id(CANARY)} > 0`,
  ].join('\n')

const wall = (time: string): string => `CAST(${id(time)} AS TIMESTAMP(3))`
