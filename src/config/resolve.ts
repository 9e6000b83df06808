import type { Span } from '../model/diagnostic.js'
import type { Model } from '../model/model.js'
import { resolveAlert } from './alert.js'
import type { Findings } from './findings.js'
import { resolveMetric } from './metric.js'
import { checkObjectNames } from './objectNames.js'
import { resolveSource } from './source.js'
import { resolveTargets } from './target.js'
import { resolveTestCase } from './testCase.js'
import { resolveTimezone } from './timezone.js'
import { defined, integerOf } from './values.js'
import { entriesOf, get, getEntry, itemsOf, type MapNode, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** Databases of ClickHouse's own. */
const databases = new Set(['system', 'default', 'information_schema'])

/**
 * Binds names, types expressions, applies defaults. Goes through all of the document whatever is wrong with it, and
 * says what the schema cannot; the model is complete only when no finding is an error.
 */
export function resolve(document: MapNode, wantedTarget: string, findings: Findings): Model | undefined {
  const project = textOf(get(document, 'project')) ?? ''
  if (databases.has(project)) {
    findings.error(
      'reserved-name',
      spanOf(get(document, 'project')!),
      `"${project}" is a database of ClickHouse's own`,
      'choose another name for the project',
    )
  }
  const timezone = resolveTimezone(get(document, 'timezone'), findings)
  const sourceEntries = entriesOf(get(document, 'sources'))
  const metricEntries = entriesOf(get(document, 'metrics'))
  const scopes = sourceEntries.map(entry => resolveSource(entry, project, findings))
  const sources = new Map(scopes.map(scope => [scope.name, scope]))
  const metricNames = new Set(metricEntries.map(entry => entry.key))
  const metrics = metricEntries.flatMap(entry => resolveMetric(entry, sources, findings) ?? [])
  const alerts = entriesOf(get(document, 'alerts')).flatMap(entry => resolveAlert(entry, metricNames, findings) ?? [])
  const names = { sources, metrics: metricNames, resolved: new Map(metrics.map(metric => [metric.name, metric])) }
  const tests = itemsOf(get(document, 'tests')).flatMap(node => resolveTestCase(node, names, findings) ?? [])
  checkObjectNames(
    project,
    scopes.map((scope, index) => [sourceEntries[index]!, scope]),
    metricEntries,
    findings,
  )
  const target = resolveTargets(document, wantedTarget, findings)
  if (target === undefined || project === '') return undefined
  return defined<Model>({
    project,
    timezone,
    spans: topSpans(document, wantedTarget),
    viewers: integerOf(get(get(document, 'expect'), 'viewers'), 1, 1e9),
    sources: scopes.map(scope => scope.source),
    metrics,
    alerts,
    tests,
    target,
  })
}

/** The places at the top of the file that lints point at. */
function topSpans(document: MapNode, target: string): Record<string, Span> {
  const viewers = get(get(document, 'expect'), 'viewers')
  const key = getEntry(get(document, 'targets'), target)?.keyNode
  return { ...(viewers && { 'expect.viewers': spanOf(viewers) }), ...(key && { target: spanOf(key) }) }
}
