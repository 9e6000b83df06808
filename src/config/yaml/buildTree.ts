import { type Alias, isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import type { Findings } from '../findings.js'
import { maxValues } from './limits.js'
import type { Entry, MapNode, Node, ScalarNode } from './node.js'
import { type SourceFile, spanOf } from './sourceFile.js'

interface Context {
  readonly file: SourceFile
  readonly findings: Findings
  /** An anchor is known once its value is complete, so nothing can contain itself. */
  readonly anchors: Map<string, Node>
  /** Entries that `<<` copied so far. */
  merged: number
}

/** Our own tree from the library's: aliases shared instead of copied, keys checked. Undefined when it expands past the limit. */
export function buildTree(contents: ParsedNode | null, file: SourceFile, findings: Findings): Node | undefined {
  const context = { file, findings, anchors: new Map<string, Node>(), merged: 0 }
  const tree = build(contents, 0, context)
  if (tree.size <= maxValues && context.merged <= maxValues) return tree
  findings.error(
    'alias-bomb',
    spanOf({ file, start: tree.start, end: tree.start + 1 }),
    `more than ${maxValues} values once aliases are expanded`,
    'write the repeated part once, without aliases of aliases',
  )
  return undefined
}

function build(node: ParsedNode | null, fallback: number, context: Context): Node {
  const { file } = context
  const empty: ScalarNode = {
    kind: 'scalar',
    value: null,
    style: 'plain',
    file,
    start: fallback,
    end: fallback,
    size: 1,
  }
  if (node === null) return empty
  if (isAlias(node)) return resolveAlias(node, context) ?? empty
  const [start, end] = node.range
  let built: Node
  if (isMap(node)) {
    const entries = buildEntries(node as YAMLMap<ParsedNode, ParsedNode | null>, context)
    built = { kind: 'map', entries, file, start, end, size: sum(entries.map(entry => entry.value.size)) }
  } else if (isSeq(node)) {
    const items = node.items.map(item => build(item as ParsedNode | null, start, context))
    built = { kind: 'list', items, file, start, end, size: sum(items.map(item => item.size)) }
  } else built = scalar(node, context)
  if (node.anchor !== undefined) context.anchors.set(node.anchor, built)
  return built
}

/** Saturates, so that a bomb's size stays a number. */
const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => Math.min(total + size, 1e9), 1)

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

function scalar(node: Scalar.Parsed, { file }: Context): ScalarNode {
  const [start, end] = node.range
  const { value } = node as { value: unknown }
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  return { kind: 'scalar', value: plain, style: styles[node.type ?? ''] ?? 'plain', file, start, end, size: 1 }
}

function resolveAlias(alias: Alias, { file, anchors, findings }: Context): Node | undefined {
  const target = anchors.get(alias.source)
  if (target !== undefined) return target
  const [start, end] = alias.range!
  findings.error(
    'unknown-anchor',
    spanOf({ file, start, end }),
    `no anchor &${alias.source} before this place`,
    `write &${alias.source} at the value that is meant, or quote the text`,
  )
  return undefined
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

function buildEntries(map: YAMLMap<ParsedNode, ParsedNode | null>, context: Context): Entry[] {
  const own = new Map<string, Entry>()
  const merged: Entry[] = []
  for (const pair of map.items) {
    const keyStart = pair.key?.range?.[0] ?? map.range![0]
    const value = build(pair.value, pair.key?.range?.[1] ?? keyStart, context)
    const keyNode = readKey(pair.key, keyStart, context)
    if (keyNode === undefined) continue
    const key = String(keyNode.value)
    if (key === '<<' && keyNode.style === 'plain') {
      merged.push(...mergedEntries(value, keyNode, context))
      continue
    }
    const first = own.get(key)
    if (first === undefined) own.set(key, { key, keyNode, value })
    else {
      const { line } = spanOf(first.keyNode)
      context.findings.error(
        'duplicate-key',
        spanOf(keyNode),
        `"${key}" is already set at line ${line}`,
        'remove or rename one of them',
      )
    }
  }
  for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry)
  return [...own.values()]
}

/** The key as text, or undefined after saying what is wrong with it. */
function readKey(key: ParsedNode | null, start: number, context: Context): ScalarNode | undefined {
  const { file, findings } = context
  const node = isScalar(key) ? scalar(key as Scalar.Parsed, context) : undefined
  if (node === undefined || typeof node.value !== 'string') {
    const span = spanOf({ file, start, end: Math.max(node?.end ?? 0, start + 1) })
    const fix =
      node === undefined || node.value === null ? 'write a name before the `:`' : `write "${node.value}" in quotes`
    findings.error('bad-key', span, 'a key must be text', fix)
    return undefined
  }
  if (!forbidden.has(node.value)) return node
  findings.error('forbidden-key', spanOf(node), `"${node.value}" cannot be a key`, 'choose another name')
  return undefined
}

function mergedEntries(value: Node, keyNode: ScalarNode, context: Context): readonly Entry[] {
  const sources = value.kind === 'list' ? value.items : [value]
  if (sources.every((source): source is MapNode => source.kind === 'map')) {
    context.merged += sources.reduce((count, source) => count + source.entries.length, 0)
    return context.merged <= maxValues ? sources.flatMap(source => source.entries) : []
  }
  const fix = 'point it at an anchor whose value is a map'
  context.findings.error('bad-merge', spanOf(keyNode), '`<<` takes a map or a list of maps', fix)
  return []
}
