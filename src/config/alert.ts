import type { Alert } from '../model/model.js'
import { readCondition } from './expressions.js'
import { type Findings, suggest } from './findings.js'
import { short } from './formats.js'
import { defined, durationOf } from './values.js'
import { type Entry, get, type Node, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** An alert with its condition typed; undefined after a finding. */
export function resolveAlert(
  { key: name, keyNode, value: node }: Entry,
  metrics: ReadonlySet<string>,
  findings: Findings,
): Alert | undefined {
  const metric = metricName(get(node, 'metric'), `alert ${name}`, metrics, findings)
  const when = readCondition(get(node, 'when'), `alert ${name}`, findings)
  const forMs = durationOf(get(node, 'for'), findings) ?? 0
  if (metric === undefined || when === undefined) return undefined
  return defined<Alert>({
    name,
    metric,
    when,
    forMs,
    severity: textOf(get(node, 'severity')) ?? 'warning',
    summary: textOf(get(node, 'summary')),
    span: spanOf(keyNode),
  })
}

/** A reference to a metric, checked. */
export function metricName(
  node: Node | undefined,
  owner: string,
  metrics: ReadonlySet<string>,
  findings: Findings,
): string | undefined {
  const name = textOf(node)
  if (name === undefined || metrics.has(name)) return name
  findings.error(
    'unknown-metric',
    spanOf(node!),
    `${owner}: there is no metric "${short(name)}"`,
    suggest(name, metrics, 'declare it under `metrics`'),
  )
  return undefined
}
