import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { planRollups } from '../compile/planRollups.js'
import type { Model } from '../model/model.js'
import { fullTarget, metricWith, modelWith, tier1 } from '../rules/testing.js'
import { dot } from './dot.js'
import { type Graph, graphOf } from './graph.js'
import { mermaid } from './mermaid.js'

const model = (target?: Model['target']): Model =>
  modelWith({
    ...(target && { target }),
    model: {
      metrics: [
        metricWith({}),
        metricWith({ ...tier1, name: 'pulse', by: [] }),
        metricWith({
          name: 'monthly',
          tier: 3,
          window: { kind: 'calendar', unit: 'month' },
          refreshMs: 300_000,
          deliver: 'poll',
        }),
      ],
    },
  })

const graph = (target?: Model['target']): Graph => graphOf(model(target), planRollups(model(target)))

/** Every way from a node to the ends, as the kinds it passes. */
function ways(of: Graph, id: string): string[] {
  const next = of.edges.filter(edge => edge.from === id)
  if (next.length === 0) return [id]
  return next.flatMap(edge => ways(of, edge.to).map(way => `${id} → ${way}`))
}

describe('graphOf', () => {
  it('leads from the source through tables and views to the channels', () => {
    const found = ways(graph(), 'source/events')
    expect(found).toContainEqual(
      expect.stringMatching(
        /^source\/events → table\/events → view\/rollup_events_5s_by_region__\w+ → table\/rollup_events_5s_by_region → metric\/purchases → channel\/sse$/,
      ),
    )
    expect(found).toContainEqual(expect.stringMatching(/→ metric\/pulse → channel\/ws$/))
    expect(found).toContainEqual(
      expect.stringMatching(/→ view\/metric_values__monthly → table\/metric_values → metric\/monthly → channel\/poll$/),
    )
    expect(graph().nodes.filter(({ kind }) => kind === 'topic' || kind === 'job')).toEqual([])
  })

  it('goes through topics and jobs where the target has them', () => {
    const found = ways(graph(fullTarget), 'source/events')
    expect(found).toContain(
      'source/events → topic/shop.events → job/rtdash.shop.events → topic/shop.updates → metric/pulse → channel/ws',
    )
    expect(found).toContainEqual(
      expect.stringMatching(
        /^source\/events → topic\/shop.events → job\/load events → table\/events → view\/.* → channel\/sse$/,
      ),
    )
  })

  it('has each node once, and no edge to nowhere', () => {
    const { nodes, edges } = graph(fullTarget)
    const ids = nodes.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { from, to } of edges) expect(ids).toEqual(expect.arrayContaining([from, to]))
  })

  it('keeps to its schema', () => {
    const schema = JSON.parse(readFileSync(new URL('../../schemas/graph.schema.json', import.meta.url), 'utf8'))
    const validate = new Ajv2020().compile(schema)
    expect(validate(JSON.parse(JSON.stringify(graph(fullTarget)))), JSON.stringify(validate.errors)).toBe(true)
    expect(validate({ nodes: [{ id: 'x', kind: 'thing', name: 'x', note: '' }], edges: [] })).toBe(false)
  })
})

const small: Graph = {
  nodes: [
    { id: 'source/a', kind: 'source', name: 'a', note: 'says "hi" <b>' },
    { id: 'table/b', kind: 'table', name: 'b', note: 'back\\slash' },
  ],
  edges: [{ from: 'source/a', to: 'table/b' }],
}

describe('writers', () => {
  it('write Mermaid', () => {
    expect(mermaid(small)).toBe(`flowchart LR
  n0(["a<br/><small>source: says #quot;hi#quot; #lt;b#gt;</small>"])
  n1[("b<br/><small>table: back\\slash</small>")]
  n0 --> n1
`)
  })

  it('write Graphviz', () => {
    expect(dot(small)).toBe(`digraph rtdash {
  rankdir=LR;
  "source/a" [shape=oval, label="a\\nsource: says \\"hi\\" <b>"];
  "table/b" [shape=cylinder, label="b\\ntable: back\\\\slash"];
  "source/a" -> "table/b";
}
`)
  })
})
