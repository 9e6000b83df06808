import type { CheckResult, StageTimes, VerifyReport } from '../verify/report.js'
import { counted } from './counted.js'
import type { Style } from './style.js'
import { table } from './table.js'

/** The report for people: a table of checks, the reasons of what did not pass, and where the time went. */
export function verifyText(report: VerifyReport, style: Style): string {
  const head = ['check', 'of', 'observed', 'limit', ''].map(style.dim)
  const rows = report.checks.map(check => [
    check.id,
    subject(check),
    observed(check),
    limit(check),
    verdict(check, style),
  ])
  const parts = [table([head, ...rows], { right: [2, 3] })]
  const reasons = report.checks.flatMap(check => (check.reason === undefined ? [] : [reasonLine(check, style)]))
  if (reasons.length > 0) parts.push(reasons.join('\n'))
  if (report.stages.length > 0) parts.push(stagesText(report.stages, style))
  parts.push(report.ok ? style.green(summary(report)) : style.red(summary(report)))
  return parts.join('\n\n')
}

/** The report as a comment on a pull request or the summary of a workflow. */
export function verifyMarkdown(report: VerifyReport): string {
  const rows = report.checks.map(
    check =>
      `| ${check.id} | ${subject(check)} | ${observed(check)} | ${limit(check)} | ${check.verdict === 'fail' ? '**fail**' : check.verdict} | ${(check.reason ?? '').replaceAll('|', '\\|')} |`,
  )
  const checks = ['| check | of | observed | limit | verdict | reason |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  )
  const metrics = [...byMetric(report.stages)].map(
    ([metric, stages]) =>
      `| ${metric} | ${stages.map(({ p50_ms, p99_ms }) => `${ms(p50_ms)} / ${ms(p99_ms)}`).join(' | ')} |`,
  )
  const names = [...byMetric(report.stages).values()][0]?.map(({ stage }) => stage) ?? []
  const stages =
    metrics.length === 0
      ? ''
      : `\n\n| p50 / p99, ms | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}\n${metrics.join('\n')}`
  return `### rtdash verify: ${summary(report)}\n\n${checks}${stages}\n`
}

function summary({ checks, ok }: VerifyReport): string {
  const count = (wanted: CheckResult['verdict']): number => checks.filter(check => check.verdict === wanted).length
  const [passed, failed, skips] = [count('pass'), count('fail'), count('skipped')]
  const parts = [`${counted(passed, 'check')} passed`, `${failed} failed`, `${skips} skipped`]
  return `${parts.join(', ')}${!ok && failed === 0 ? ': nothing was measured' : ''}`
}

function stagesText(stages: readonly StageTimes[], style: Style): string {
  const metrics = byMetric(stages)
  const names = [...metrics.values()][0]?.map(({ stage }) => stage) ?? []
  const rows = [...metrics].map(([metric, times]) => [
    metric,
    ...times.map(({ p50_ms, p99_ms }) => `${ms(p50_ms)} / ${ms(p99_ms)}`),
  ])
  const head = ['p50 / p99 in ms', ...names].map(style.dim)
  return table([head, ...rows], { right: names.map((_, column) => column + 1) })
}

function byMetric(stages: readonly StageTimes[]): Map<string, StageTimes[]> {
  const metrics = new Map<string, StageTimes[]>()
  for (const stage of stages) metrics.set(stage.metric, [...(metrics.get(stage.metric) ?? []), stage])
  return metrics
}

const subject = ({ metric, rollup, source }: CheckResult): string => metric ?? rollup ?? source ?? ''
const observed = ({ observed: value, unit }: CheckResult): string => withUnit(value, unit)
const limit = ({ limit: value, unit }: CheckResult): string => withUnit(value, unit)
const ms = (value: number | null): string => (value === null ? '–' : String(Math.round(value)))

function withUnit(value: number | string | null, unit: string | undefined): string {
  if (value === null) return ''
  const text = typeof value === 'number' ? String(Number(value.toPrecision(4))) : value
  return unit === undefined ? text : `${text} ${unit}`
}

function verdict({ verdict: value }: CheckResult, style: Style): string {
  if (value === 'pass') return style.green('pass')
  return value === 'fail' ? style.red('FAIL') : style.yellow('skipped')
}

function reasonLine(check: CheckResult, style: Style): string {
  const name = [check.id, subject(check)].filter(Boolean).join(' ')
  const detail = check.detail === undefined ? '' : style.dim(` (${check.detail})`)
  return `${verdict(check, style)} ${style.bold(name)}: ${check.reason}${detail}`
}
