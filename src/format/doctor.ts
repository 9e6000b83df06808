import type { DoctorReport, Finding, Verdict } from '../doctor/report.js'
import { counted } from './counted.js'
import type { Style } from './style.js'
import { table } from './table.js'

/** The findings as a table, each with what to do under it. */
export function doctorText(report: DoctorReport, style: Style): string {
  const paint: Readonly<Record<Verdict, (text: string) => string>> = {
    ok: style.green,
    warning: style.yellow,
    problem: style.red,
    skipped: style.dim,
  }
  const rows = report.checks.map(({ component, check, verdict, observed }) => [
    component,
    check,
    paint[verdict](verdict),
    observed,
  ])
  const [head, ...lines] = table([['component', 'check', 'verdict', 'found'].map(style.dim), ...rows]).split('\n')
  const told = lines.flatMap((line, at) => [line, ...adviceOf(report.checks[at]!, style)])
  return [head, ...told, '', summary(report, style)].join('\n')
}

const adviceOf = ({ advice }: Finding, style: Style): string[] =>
  advice === undefined ? [] : [`  ${style.dim('→')} ${advice}`]

function summary({ checks }: DoctorReport, style: Style): string {
  const count = (wanted: Verdict): number => checks.filter(({ verdict }) => verdict === wanted).length
  const [problems, warnings] = [count('problem'), count('warning')]
  if (problems + warnings === 0) return style.green('all is well')
  const parts = [
    ...(problems > 0 ? [style.red(counted(problems, 'problem'))] : []),
    ...(warnings > 0 ? [style.yellow(counted(warnings, 'warning'))] : []),
  ]
  return parts.join(', ')
}
