import type { SourceFile } from './sourceFile.js'

/** A value of a metrics file with its place: offsets in the file's text, the end exclusive. */
export type Node = MapNode | ListNode | ScalarNode

interface Base {
  readonly file: SourceFile
  readonly start: number
  readonly end: number
  /** How many values this is once aliases are expanded. */
  readonly size: number
}

export interface MapNode extends Base {
  readonly kind: 'map'
  /** Keys are unique; merged (`<<`) entries come after the map's own. */
  readonly entries: readonly Entry[]
}

export interface Entry {
  readonly key: string
  readonly keyNode: ScalarNode
  readonly value: Node
}

export interface ListNode extends Base {
  readonly kind: 'list'
  readonly items: readonly Node[]
}

export interface ScalarNode extends Base {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly style: 'plain' | 'single' | 'double' | 'block'
}

/** The value under a key, or undefined where there is none or the node is no map. */
export const get = (node: Node | undefined, key: string): Node | undefined => getEntry(node, key)?.value

export const getEntry = (node: Node | undefined, key: string): Entry | undefined =>
  entriesOf(node).find(entry => entry.key === key)

/** A map's entries; none for anything else: the schema has already said what should be there. */
export const entriesOf = (node: Node | undefined): readonly Entry[] => (node?.kind === 'map' ? node.entries : [])

export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : [])

export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined

export const numberOf = (node: Node | undefined): number | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined

/** The scalar as it stands in the file, quotes and all. */
export const writtenText = (node: ScalarNode): string => node.file.text.slice(node.start, node.end)

/** Plain JavaScript data. The caller has bounded `size`. */
export function toPlain(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toPlain)
    case 'map':
      return Object.fromEntries(node.entries.map(entry => [entry.key, toPlain(entry.value)]))
  }
}
