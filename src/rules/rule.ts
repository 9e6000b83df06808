import type { Diagnostic, Severity, Span } from '../model/diagnostic.js'
import type { Metric, Model, Source } from '../model/model.js'

/** What a rule reports: the rule's own code and severity are added, unless the finding has a severity of its own. */
interface Finding {
  readonly message: string
  readonly span: Span
  readonly fix?: string
  readonly severity?: Severity
}

export type Report = (finding: Finding) => void

/** A lint over the resolved model. `code` is its file's name and the name of its page. */
export interface Rule {
  readonly code: string
  readonly severity: Severity
  check(model: Model, report: Report): void
}

/** A metric with the source it reads and the model both belong to. */
export interface MetricInModel {
  readonly metric: Metric
  readonly source: Source
  readonly model: Model
}

/** The `check` of a rule that looks at one metric at a time; a metric whose source is unknown is another finding's matter. */
export function eachMetric(check: (where: MetricInModel, report: Report) => void): Rule['check'] {
  return (model, report) => {
    const sources = new Map(model.sources.map(source => [source.name, source]))
    for (const metric of model.metrics) {
      const source = sources.get(metric.source)
      if (source) check({ metric, source, model }, report)
    }
  }
}

/** The `check` of a rule that looks at one source at a time. */
export function eachSource(check: (source: Source, model: Model, report: Report) => void): Rule['check'] {
  return (model, report) => {
    for (const source of model.sources) check(source, model, report)
  }
}

/** What stands in the file under a name, with the places of its keys as far as they are known. */
interface Placed {
  readonly span: Span
  readonly spans?: Readonly<Record<string, Span>>
}

/** Where the first of these keys that a metric or source writes stands; its own name where it writes none. */
export function spanOf({ span, spans = {} }: Placed, ...keys: readonly string[]): Span {
  return keys.map(key => spans[key]).find(found => found !== undefined) ?? span
}

/** Runs rules over a model; findings in the order of the file, then by code. */
export function runEach(rules: readonly Rule[], model: Model): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const rule of rules) {
    rule.check(model, finding => found.push({ code: rule.code, severity: rule.severity, ...finding }))
  }
  return found.sort(
    (a, b) =>
      a.span.file.localeCompare(b.span.file) ||
      a.span.line - b.span.line ||
      a.span.column - b.span.column ||
      a.code.localeCompare(b.code),
  )
}
