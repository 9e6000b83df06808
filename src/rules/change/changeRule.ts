import type { Diagnostic, Severity, Span } from '../../model/diagnostic.js'
import type { Model } from '../../model/model.js'
import type { Plan } from '../../model/plan.js'
import type { Report } from '../rule.js'
import type { Standing, StandingMetric } from './standing.js'

/** A change to look at: what was in force, the file that is to be, and what an apply would do. */
export interface Reviewed {
  readonly before: Standing
  readonly after: Model
  readonly changes: Plan['changes']
  /** Whether the changes carry figures of a live system. */
  readonly live: boolean
  /** The beginning of the file: the place of what is no longer in it. */
  readonly top: Span
}

/** A lint of the change itself. `code` is its file's name and the name of its page. */
export interface ChangeRule {
  readonly code: string
  readonly severity: Severity
  check(reviewed: Reviewed, report: Report): void
}

/** Runs rules over a change; findings in the order of the file, errors first at a place. */
export function runChangeRules(rules: readonly ChangeRule[], reviewed: Reviewed): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const rule of rules)
    rule.check(reviewed, finding => found.push({ code: rule.code, severity: rule.severity, ...finding }))
  return found.sort(
    (a, b) =>
      Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
      a.span.file.localeCompare(b.span.file) ||
      a.span.line - b.span.line ||
      a.span.column - b.span.column ||
      a.code.localeCompare(b.code),
  )
}

/** The place of a file's first line. */
export const topOf = (file: string): Span => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 })

/** Metrics that were there and still are, under the same name. */
export function keptMetrics({ before, after }: Reviewed) {
  const was = new Map(before.metrics.map(metric => [metric.name, metric]))
  return after.metrics.flatMap(metric => {
    const found: StandingMetric | undefined = was.get(metric.name)
    return found === undefined ? [] : [{ was: found, metric }]
  })
}
