import { parseDocument, stringify } from 'yaml'

/** What the examples on the lints' pages leave out: they are parts of a file that begins like this. */
export const exampleBase = `version: 1
project: shop
sources:
  events:
    timestamp: ts
    key: user_id
    id: event_id
    columns:
      event_id: UInt64
      event_type: LowCardinality(String)
      user_id: UInt64
      value: Float64
      ts: DateTime64(3)
      region: LowCardinality(String)
`

type Tree = { readonly [key: string]: unknown }

/** A whole metrics file made of an example, and the target it is about. An example without metrics gets one. */
export function wholeExample(part: string): { text: string; target: string } {
  const base: Tree = parseDocument(exampleBase).toJS()
  const own: Tree = parseDocument(part).toJS()
  const metrics = { requests: { measure: 'count()', window: '5m', refresh: '5s' } }
  const whole = merge(own.metrics ? base : { ...base, metrics }, own)
  return { text: stringify(whole), target: Object.keys((own.targets as Tree | undefined) ?? { local: '' })[0]! }
}

function merge(base: Tree, own: Tree): Tree {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(own)) {
    const before = merged[key]
    merged[key] = isTree(before) && isTree(value) ? merge(before, value) : value
  }
  return merged
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
