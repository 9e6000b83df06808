import type { Span } from '../model/diagnostic.js'
import { entriesOf, type Node } from './yaml/node.js'
import { spanOf } from './yaml/sourceFile.js'

/** Where each key's value stands; those of a map inside as `sla.latency`. */
export function spansOf(node: Node): Record<string, Span> {
  return Object.fromEntries(
    entriesOf(node).flatMap(({ key, value }) => [
      [key, spanOf(value)],
      ...(key === 'columns' ? [] : entriesOf(value).map(inner => [`${key}.${inner.key}`, spanOf(inner.value)])),
    ]),
  )
}
