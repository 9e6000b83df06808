import { lower } from '../../compile/lower.js'
import { flinkText, flinkIdentifier as id } from '../../expr/valuesFlink.js'
import type { Metric, Source } from '../../model/model.js'
import { UPDATES } from './sink.js'
import { CANARY, ROWTIME } from './source.js'
import { epochMs, interval } from './text.js'
import { aggregates, exactFlink, valueFlink } from './value.js'

const INTO = `INSERT INTO ${id(UPDATES)} (\`metric\`, \`timestamp\`, \`series\`, \`value\`, \`exact\`)`
const END = `${epochMs(id('window_end'))} AS \`timestamp\``
const MAX_DOUBLE = '1.7976931348623157E308'

/** One metric: a row for the total and one for each series, whenever a window closes. Calendar windows are a lint's errors. */
export function metricInsert(source: Source, metric: Metric): string {
  const { value, states } = lower(metric)
  const byName = new Map(states.map(state => [state.name, state]))
  const grouped = metric.by.length > 0
  const dimensions = metric.by.map(id)
  const computed = [...aggregates(value, byName)].map(([name, sql]) => `${sql} AS ${id(name)}`)
  const total = grouped ? [`GROUPING(${dimensions[0]}) AS \`_total\``] : []
  const keys = [id('window_start'), id('window_end')]
  const sets = grouped ? [`GROUPING SETS ((${dimensions.join(', ')}), ())`] : []
  const pairs = metric.by.map(name => `KEY ${flinkText(name)} VALUE CAST(${id(name)} AS STRING)`)
  const series = grouped
    ? `CASE WHEN \`_total\` = 1 THEN '' ELSE JSON_OBJECT(${pairs.join(', ')} NULL ON NULL) END`
    : "''"
  return [
    INTO,
    `SELECT ${flinkText(metric.name)}, \`timestamp\`, \`series\`, CASE WHEN ABS(\`value\`) <= ${MAX_DOUBLE} THEN \`value\` END, \`exact\` FROM (`,
    `  SELECT ${END}, ${series} AS \`series\`, ${valueFlink(value)} AS \`value\`, ${exactFlink(value, byName)} AS \`exact\` FROM (`,
    `    SELECT ${[...keys, ...total, ...dimensions, ...computed].join(', ')}`,
    `    FROM TABLE(${windows(source, metric)})`,
    `    WHERE ${id(CANARY)} = 0`,
    `    GROUP BY ${[...keys, ...sets].join(', ')}`,
    '  )',
    ')',
  ].join('\n')
}

function windows(source: Source, { name, window, refreshMs }: Metric): string {
  if (window.kind !== 'trailing') throw new Error(`metric ${name}: Flink computes trailing windows only`)
  const of = `TABLE ${id(source.name)}, DESCRIPTOR(${id(ROWTIME)})`
  return window.ms === refreshMs
    ? `TUMBLE(${of}, ${interval(window.ms)})`
    : `HOP(${of}, ${interval(refreshMs)}, ${interval(window.ms)})`
}

/** The built-in metric of the canaries: those of each window, `series` and `value` their send times in epoch ms. */
export const canaryMetric = (source: Source): string => `_canary.${source.name}`

/** Canaries take the windows of the fastest metric, so that they wait for as long as its events do. */
export function canaryInsert(source: Source, metrics: readonly Metric[]): string {
  const every = interval(Math.min(...metrics.map(metric => metric.refreshMs)))
  return [
    INTO,
    `SELECT ${flinkText(canaryMetric(source))}, ${END}, CAST(${id(CANARY)} AS STRING), CAST(${id(CANARY)} AS DOUBLE), CAST(NULL AS STRING) FROM (`,
    `  SELECT ${[id('window_start'), id('window_end'), id(CANARY)].join(', ')}`,
    `  FROM TABLE(TUMBLE(TABLE ${id(source.name)}, DESCRIPTOR(${id(ROWTIME)}), ${every}))`,
    `  WHERE ${id(CANARY)} > 0`,
    `  GROUP BY ${[id('window_start'), id('window_end'), id(CANARY)].join(', ')}`,
    ')',
  ].join('\n')
}
