import type { MeasureExpr } from '../model/expr.js'
import type { CalendarUnit, Metric, Tier, Window } from '../model/model.js'
import { metricDefaults, tierDefaults, tierOf } from './defaults.js'
import { readMeasure, readWhere, spanOfWord } from './expressions.js'
import { type Findings, suggest } from './findings.js'
import { short } from './formats.js'
import type { SourceScope } from './source.js'
import { spansOf } from './spans.js'
import { defined, durationOf, integerOf, oneOf } from './values.js'
import { type Entry, get, itemsOf, type Node, type ScalarNode, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** A metric with tier and defaults applied; undefined after a finding. */
export function resolveMetric(
  entry: Entry,
  sources: ReadonlyMap<string, SourceScope>,
  findings: Findings,
): Metric | undefined {
  const { key: name, value: node } = entry
  const scope = findSource(entry, sources, findings)
  const window = resolveWindow(get(node, 'window'), findings)
  const timing = resolveTiming(node, findings)
  if (scope === undefined) return undefined
  const owner = `metric ${name}`
  const measure = readMeasure(get(node, 'measure'), owner, scope, findings)
  const where = readWhere(get(node, 'where'), owner, scope, findings)
  const by = resolveDimensions(get(node, 'by'), owner, scope, findings)
  if (measure !== undefined && window?.kind === 'calendar' && hasPerSecond(measure)) {
    findings.error(
      'per-second-calendar',
      spanOfWord(get(node, 'measure') as ScalarNode, 'per_second'),
      `${owner}: per_second needs a trailing window, ${window.unit} grows as time passes`,
      'use a window like 1s or 5m',
    )
  }
  if (measure === undefined || window === undefined) return undefined
  return defined<Metric>({
    name,
    source: scope.name,
    ...timing,
    measure,
    where,
    by,
    limit: integerOf(get(node, 'limit'), 1, 10_000) ?? metricDefaults.limit,
    window,
    unit: textOf(get(node, 'unit')),
    title: textOf(get(node, 'title')),
    description: textOf(get(node, 'description')),
    owner: textOf(get(node, 'owner')),
    span: spanOf(entry.keyNode),
    spans: spansOf(node),
  })
}

function findSource(
  { key: name, keyNode, value }: Entry,
  sources: ReadonlyMap<string, SourceScope>,
  findings: Findings,
): SourceScope | undefined {
  const node = get(value, 'source')
  const wanted = textOf(node)
  if (wanted !== undefined) {
    const found = sources.get(wanted)
    if (found === undefined) {
      findings.error(
        'unknown-source',
        spanOf(node!),
        `metric ${name}: there is no source "${short(wanted)}"`,
        suggest(wanted, sources.keys(), 'declare it under `sources`'),
      )
    }
    return found
  }
  if (node !== undefined) return undefined
  const [only] = sources.values()
  if (sources.size === 1) return only
  findings.error(
    'missing-source',
    spanOf(keyNode),
    `metric ${name} does not say which source it reads`,
    sources.size === 0
      ? 'declare a source under `sources`'
      : `add \`source:\` with one of: ${[...sources.keys()].slice(0, 20).join(', ')}`,
  )
  return undefined
}

function resolveWindow(node: Node | undefined, findings: Findings): Window | undefined {
  const unit = oneOf<CalendarUnit>(node, ['hour', 'day', 'week', 'month'])
  if (unit !== undefined) return { kind: 'calendar', unit }
  const ms = durationOf(node, findings)
  return ms === undefined || ms === 0 ? undefined : { kind: 'trailing', ms }
}

type Timing = Pick<Metric, 'tier' | 'refreshMs' | 'settleMs' | 'deliver' | 'cacheMs' | 'sla'>

/** Tier from refresh or refresh from tier, and all that follows from the two. */
function resolveTiming(node: Node, findings: Findings): Timing {
  const written = durationOf(get(node, 'refresh'), findings)
  const tier = oneOf<Tier>(get(node, 'tier'), [1, 2, 3]) ?? tierOf(written)
  const defaults = tierDefaults[tier]
  const refreshMs = written ?? defaults.refreshMs
  const cacheMs = durationOf(get(node, 'cache'), findings) ?? refreshMs
  const sla = get(node, 'sla')
  return {
    tier,
    refreshMs,
    settleMs: defaults.settleMs,
    deliver: oneOf(get(node, 'deliver'), ['ws', 'sse', 'poll'] as const) ?? defaults.deliver,
    cacheMs,
    sla: {
      latencyMs: durationOf(get(sla, 'latency'), findings) ?? defaults.latencyMs(refreshMs, cacheMs),
      queryMs: durationOf(get(sla, 'query'), findings) ?? metricDefaults.queryMs,
      lagMs: durationOf(get(sla, 'lag'), findings) ?? metricDefaults.lagMs,
    },
  }
}

/** Columns that a rollup or a metric's own view has beside its dimensions. */
const taken: ReadonlySet<string> = new Set(['bucket', 'timestamp', 'value'])

function resolveDimensions(node: Node | undefined, owner: string, scope: SourceScope, findings: Findings): string[] {
  const by: string[] = []
  for (const item of itemsOf(node).slice(0, 16)) {
    const name = textOf(item)
    if (name === undefined) continue
    if (taken.has(name)) {
      findings.error(
        'reserved-name',
        spanOf(item),
        `${owner}: a dimension cannot be called "${name}", its tables and view have a column of that name`,
        `name the column otherwise and take the field with \`from: ${name}\``,
      )
    }
    if (by.includes(name))
      findings.error('duplicate-dimension', spanOf(item), `${owner}: "${short(name)}" is in \`by\` twice`, 'remove one')
    else if (!scope.types.has(name) && !scope.broken) {
      findings.error(
        'unknown-column',
        spanOf(item),
        `${owner}: no column "${short(name)}" in source ${scope.name}`,
        suggest(name, scope.types.keys()),
      )
    } else by.push(name)
  }
  return by
}

function hasPerSecond(measure: MeasureExpr): boolean {
  switch (measure.kind) {
    case 'perSecond':
      return true
    case 'negate':
      return hasPerSecond(measure.operand)
    case 'arithmetic':
      return hasPerSecond(measure.left) || hasPerSecond(measure.right)
    default:
      return false
  }
}
