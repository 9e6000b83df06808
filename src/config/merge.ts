import type { Findings } from './findings.js'
import type { Entry, MapNode, Node } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** All files as one document: sections joined, lists appended. A name or setting given twice is an error naming both places. */
export function mergeFiles(roots: readonly MapNode[], findings: Findings): MapNode | undefined {
  const [first] = roots
  if (first === undefined) return undefined
  const entries = new Map<string, Entry>()
  for (const entry of roots.flatMap(root => root.entries)) {
    const before = entries.get(entry.key)
    entries.set(entry.key, before === undefined ? entry : join(before, entry, findings))
  }
  return { ...first, entries: [...entries.values()] }
}

function join(before: Entry, entry: Entry, findings: Findings): Entry {
  const [a, b] = [before.value, entry.value]
  // An empty section (`metrics:` with nothing under it) adds nothing.
  if (isEmpty(b)) return before
  if (isEmpty(a)) return entry
  if (a.kind === 'map' && b.kind === 'map' && entry.key !== 'expect') {
    return { ...before, value: joinMaps(a, b, entry.key, findings) }
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return { ...before, value: { ...a, items: [...a.items, ...b.items], size: a.size + b.size } }
  }
  const same = entry.key === 'version' && a.kind === 'scalar' && b.kind === 'scalar' && a.value === b.value
  if (!same) reportTwice(before, entry, `"${entry.key}"`, findings)
  return before
}

function joinMaps(a: MapNode, b: MapNode, section: string, findings: Findings): MapNode {
  const entries = new Map(a.entries.map(entry => [entry.key, entry]))
  for (const entry of b.entries) {
    const before = entries.get(entry.key)
    if (before === undefined) entries.set(entry.key, entry)
    else reportTwice(before, entry, `${section}.${entry.key}`, findings)
  }
  return { ...a, entries: [...entries.values()], size: a.size + b.size }
}

function reportTwice(before: Entry, entry: Entry, what: string, findings: Findings): void {
  const { file, line, column } = spanOf(before.keyNode)
  findings.error(
    'duplicate-name',
    spanOf(entry.keyNode),
    `${what} is already in ${file}:${line}:${column}`,
    'rename or remove one of them',
  )
}

const isEmpty = (node: Node): boolean => node.kind === 'scalar' && node.value === null
