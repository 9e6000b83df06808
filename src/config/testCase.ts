import type { JsonValue, Metric, TestCase, TestEvent, TestExpectation } from '../model/model.js'
import { metricName } from './alert.js'
import { parseDuration } from './duration.js'
import { type Findings, suggest } from './findings.js'
import { short } from './formats.js'
import type { SourceScope } from './source.js'
import { defined, durationOf, jsonOf } from './values.js'
import { entriesOf, get, itemsOf, type MapNode, type Node, textOf } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

interface Names {
  readonly sources: ReadonlyMap<string, SourceScope>
  readonly metrics: ReadonlySet<string>
  readonly resolved: ReadonlyMap<string, Metric>
}

/** A case of `tests:`; in its events the timestamp is a number, ms from the start. */
export function resolveTestCase(node: Node, names: Names, findings: Findings): TestCase | undefined {
  const name = textOf(get(node, 'name'))
  if (name === undefined) return undefined
  const events: [string, TestEvent[]][] = []
  for (const { key, keyNode, value } of entriesOf(get(node, 'events'))) {
    const scope = names.sources.get(key)
    if (scope === undefined) {
      findings.error(
        'unknown-source',
        spanOf(keyNode),
        `test "${short(name)}": there is no source "${short(key)}"`,
        suggest(key, names.sources.keys(), 'declare it under `sources`'),
      )
      continue
    }
    events.push([
      key,
      itemsOf(value).flatMap(item => (item.kind === 'map' ? [resolveEvent(item, scope, name, findings)] : [])),
    ])
  }
  const expect = itemsOf(get(node, 'expect')).flatMap(item => resolveExpectation(item, name, names, findings) ?? [])
  return { name, events: Object.fromEntries(events), expect, span: spanOf(get(node, 'name')!) }
}

function resolveEvent(node: MapNode, scope: SourceScope, test: string, findings: Findings): TestEvent {
  const column = scope.source.columns.find(each => each.name === scope.timestamp)
  const timePath = column?.from ?? (scope.timestamp === undefined ? [] : [scope.timestamp])
  for (const { key, keyNode } of node.entries) {
    if (scope.fields.has(key) || scope.broken) continue
    const message = `test "${short(test)}": source ${scope.name} reads no field "${short(key)}"`
    findings.error('unknown-column', spanOf(keyNode), message, suggest(key, scope.fields))
  }
  const [timeField] = timePath
  if (timeField !== undefined && get(node, timeField) === undefined) {
    const message = `test "${short(test)}": the event has no "${timeField}", its time`
    findings.error('missing-key', spanOf({ ...node, end: node.start + 1 }), message, `add \`${timeField}: 0s\``)
  }
  const offset = (value: Node): JsonValue => offsetMs(value, test, findings)
  const fields = node.entries.map(({ key, value }): [string, JsonValue] => [
    key,
    key === timeField ? jsonAt(value, timePath.slice(1), offset) : jsonOf(value),
  ])
  return { fields: Object.fromEntries(fields), span: spanOf(node) }
}

/** A node as JSON, but for the value at `path`. */
function jsonAt(node: Node, path: readonly string[], read: (node: Node) => JsonValue): JsonValue {
  const [key, ...rest] = path
  if (key === undefined) return read(node)
  if (node.kind !== 'map') return jsonOf(node)
  const entries = node.entries.map(entry => [
    entry.key,
    entry.key === key ? jsonAt(entry.value, rest, read) : jsonOf(entry.value),
  ])
  return Object.fromEntries(entries)
}

function offsetMs(node: Node, test: string, findings: Findings): JsonValue {
  const ms = node.kind === 'scalar' ? parseDuration(String(node.value)) : undefined
  if (ms !== undefined) return ms
  const written = node.kind === 'scalar' ? `"${short(String(node.value))}"` : `a ${node.kind}`
  const message = `test "${short(test)}": an event's time must be an offset from the start, not ${written}`
  findings.error('bad-duration', spanOf(node), message, 'write 0s, 500ms, 2m …')
  return null
}

function resolveExpectation(node: Node, test: string, names: Names, findings: Findings): TestExpectation | undefined {
  const owner = `test "${short(test)}"`
  const atMs = durationOf(get(node, 'at'), findings)
  const metric = metricName(get(node, 'metric'), owner, names.metrics, findings)
  const value = get(node, 'value')
  const number =
    value?.kind === 'scalar' && (typeof value.value === 'number' || value.value === null) ? value.value : undefined
  const series = get(node, 'series')
  const dimensions = metric === undefined ? undefined : names.resolved.get(metric)?.by
  for (const { key, keyNode } of entriesOf(series)) {
    if (dimensions === undefined || dimensions.includes(key)) continue
    findings.error(
      'unknown-column',
      spanOf(keyNode),
      `${owner}: metric ${metric} has no dimension "${short(key)}"`,
      suggest(key, dimensions, 'only columns of its `by` can tell series apart'),
    )
  }
  if (atMs === undefined || metric === undefined || number === undefined) return undefined
  return defined<TestExpectation>({
    atMs,
    metric,
    value: number,
    series: series && Object.fromEntries(entriesOf(series).map(entry => [entry.key, String(jsonOf(entry.value))])),
    span: spanOf(node),
  })
}
