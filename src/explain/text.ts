import { counted } from '../format/counted.js'
import { count, duration } from '../rules/text.js'
import type { ExplainReport, MetricReport, RollupReport } from './report.js'

/** The report for a review; with `metric` only its part. A metric that is not there is an error naming those that are. */
export function explainText(report: ExplainReport, metric?: string): string {
  if (metric === undefined)
    return `${[overview(report), ...report.metrics.map(metricText), rollupsText(report)].join('\n\n')}\n`
  const found = report.metrics.find(candidate => candidate.metric === metric)
  if (!found)
    throw new Error(`no metric "${metric}"; there are ${report.metrics.map(({ metric: name }) => name).join(', ')}`)
  return `${metricText(found)}\n`
}

/** A heading and lines `name  choice  why` in columns. */
function block(heading: string, rows: readonly (readonly [string, string, string])[]): string {
  const width = (column: 0 | 1): number => Math.max(...rows.map(row => row[column].length))
  const lines = rows.map(([name, choice, why]) => `  ${name.padEnd(width(0))}  ${choice.padEnd(width(1))}  ${why}`)
  return [heading, ...lines].join('\n')
}

function overview(report: ExplainReport): string {
  const told = (value: number | null, noun: string): string =>
    value === null ? `${noun} not told` : `${count(value)} ${noun}`
  const figures = `${told(report.eventsPerSecond, 'events/s')}, ${told(report.viewers, 'viewers')}`
  return [
    `${report.project} on target ${report.target}: ${figures}`,
    block(
      'nodes',
      report.nodes.map(({ component, choice, why }) => [component, choice === 0 ? '-' : count(choice), why]),
    ),
    ...report.sources.map(({ source, ingest, dedup }) =>
      block(`source ${source}`, [
        ['ingest', ingest.choice, ingest.why],
        ['dedup', dedup.choice, dedup.why],
      ]),
    ),
  ].join('\n\n')
}

function metricText(report: MetricReport): string {
  const { promised, least, waits } = report.latency
  const sum = `${waits.map(({ name, ms }) => `${name} ${duration(ms)}`).join(' + ')} = ${duration(least)}`
  const left =
    promised < least ? `cannot be met: ${sum}` : `${sum}, ${duration(promised - least)} left for query and network`
  return block(`metric ${report.metric}`, [
    ['tier', String(report.tier.choice), report.tier.why],
    ['engine', report.engine.choice, report.engine.why],
    ['rollup', report.rollup.rungs.map(({ bucketMs }) => duration(bucketMs)).join(' + ') || '-', report.rollup.why],
    ['channel', report.channel.choice, report.channel.why],
    ['cache', duration(report.cache.choice), report.cache.why],
    ['latency', duration(promised), left],
  ])
}

function rollupsText({ rollups, metrics }: ExplainReport): string {
  const rows = rollups.map(({ rollup, states, metrics: readers }: RollupReport): [string, string, string] => [
    rollup,
    counted(states.length, 'state'),
    readers.join(', '),
  ])
  const heading = `rollups: ${rollups.length} for ${counted(metrics.length, 'metric')}`
  return rows.length === 0 ? heading : block(heading, rows)
}
