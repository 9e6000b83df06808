import { counted } from '../format/counted.js'
import type { Metric, Model, Source } from '../model/model.js'
import type { Reading, Rollup, RollupPlan } from '../model/rollup.js'
import { names } from '../naming.js'
import { onFlink } from '../rules/waiting.js'

export type NodeKind = 'source' | 'topic' | 'job' | 'table' | 'view' | 'metric' | 'channel'

/** A station of the data. `id` is `<kind>/<name>`; `note` says in a few words what it does. */
interface GraphNode {
  readonly id: string
  readonly kind: NodeKind
  readonly name: string
  readonly note: string
}

interface GraphEdge {
  readonly from: string
  readonly to: string
}

/** The way of the data from sources to channels. Nodes in the order of the way, then by name; edges by their ends. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

const order: readonly NodeKind[] = ['source', 'topic', 'job', 'table', 'view', 'metric', 'channel']

/** A way through the graph: each station feeds the next. */
type Way = readonly GraphNode[]

/** source → topic → job → table → view → table → metric → channel; topics and jobs only where the target has them. */
export function graphOf(model: Model, plan: RollupPlan): Graph {
  const sources = new Map(model.sources.map(source => [source.name, source]))
  const readings = new Map(plan.readings.map(reading => [reading.metric, reading]))
  const ways = [
    ...model.sources.map(source => toRaw(model, source)),
    ...plan.rollups.map(rollup => toRollup(sources.get(rollup.source)!, rollup)),
    ...model.metrics.flatMap(metric =>
      toViewers(model, metric, sources.get(metric.source)!, readings.get(metric.name)),
    ),
  ]
  const nodes = new Map(ways.flat().map(node => [node.id, node]))
  const edges = new Map<string, GraphEdge>()
  for (const way of ways) {
    for (const [i, node] of way.slice(1).entries()) {
      const edge = { from: way[i]!.id, to: node.id }
      edges.set(`${edge.from} ${edge.to}`, edge)
    }
  }
  return {
    nodes: [...nodes.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || compare(a.id, b.id)),
    edges: [...edges.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to)),
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const node = (kind: NodeKind, name: string, note: string): GraphNode => ({ id: `${kind}/${name}`, kind, name, note })

const rawTable = (source: Source): GraphNode => node('table', source.table, 'raw events')
const topic = (source: Source): GraphNode => node('topic', source.topic, counted(source.partitions, 'partition'))
const rollupTable = (name: string): GraphNode => node('table', name, 'rollup')

function toRaw(model: Model, source: Source): Way {
  const events = node('source', source.name, 'events')
  if (!model.target.kafka) return [events, rawTable(source)]
  return [
    events,
    topic(source),
    node('job', `load ${source.name}`, 'topic to ClickHouse, exactly once'),
    rawTable(source),
  ]
}

function toRollup(source: Source, rollup: Rollup): Way {
  const view = names.rollupView(
    rollup.name,
    rollup.states.map(state => state.name),
  )
  return [
    rawTable(source),
    node('view', view, `${counted(rollup.states.length, 'state')}, as events arrive`),
    rollupTable(rollup.name),
  ]
}

/** Ways that end at the metric's channel: from each rollup it is read from (history), and from Flink for tier 1 where there is one. */
function toViewers(model: Model, metric: Metric, source: Source, reading: Reading | undefined): Way[] {
  const end = [node('metric', metric.name, `tier ${metric.tier}`), node('channel', metric.deliver, 'push service')]
  const stored = metric.tier === 3 ? storedValues(metric) : []
  const ways: Way[] = reading?.rungs.map(rung => [rollupTable(rung.rollup), ...stored, ...end]) ?? [end]
  if (!onFlink(metric, model.target)) return ways
  const job = node('job', names.flinkJob(model.project, source.name), 'Flink, tier 1')
  return [...ways, [topic(source), job, node('topic', names.updatesTopic(model.project), 'values of tier 1'), ...end]]
}

const storedValues = (metric: Metric): Way => [
  node('view', names.valuesView(metric.name), 'computes by the clock'),
  node('table', names.values, 'values of tier 3'),
]
