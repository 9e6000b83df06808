import type { Graph, NodeKind } from './graph.js'

const shapes: Readonly<Record<NodeKind, string>> = {
  source: 'oval',
  topic: 'cds',
  job: 'hexagon',
  table: 'cylinder',
  view: 'parallelogram',
  metric: 'box',
  channel: 'note',
}

/** The graph in Graphviz' language: `dot -Tsvg` draws it. */
export function dot(graph: Graph): string {
  const nodes = graph.nodes.map(
    ({ id, kind, name, note }) =>
      `  ${quoted(id)} [shape=${shapes[kind]}, label=${quoted(`${name}\n${kind}: ${note}`)}];`,
  )
  const edges = graph.edges.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)};`)
  return `${['digraph rtdash {', '  rankdir=LR;', ...nodes, ...edges, '}'].join('\n')}\n`
}

const quoted = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
