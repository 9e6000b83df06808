import type { Graph, NodeKind } from './graph.js'

/** Shapes of Mermaid's flowchart: what opens and closes a node's label. */
const shapes: Readonly<Record<NodeKind, readonly [string, string]>> = {
  source: ['([', '])'],
  topic: ['[[', ']]'],
  job: ['{{', '}}'],
  table: ['[(', ')]'],
  view: ['[/', '/]'],
  metric: ['(', ')'],
  channel: ['>', ']'],
}

/** The graph as a Mermaid flowchart, which GitHub draws in Markdown. */
export function mermaid(graph: Graph): string {
  const numbers = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]))
  const nodes = graph.nodes.map(({ id, kind, name, note }) => {
    const [open, close] = shapes[kind]
    return `  ${numbers.get(id)}${open}"${text(name)}<br/><small>${kind}: ${text(note)}</small>"${close}`
  })
  const edges = graph.edges.map(({ from, to }) => `  ${numbers.get(from)} --> ${numbers.get(to)}`)
  return `${['flowchart LR', ...nodes, ...edges].join('\n')}\n`
}

/** Mermaid reads labels as HTML with entities in a form of its own. */
const text = (value: string): string =>
  value.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;')
