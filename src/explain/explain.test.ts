import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { fullTarget, metricWith, modelWith, tier1 } from '../rules/testing.js'
import { explainModel } from './explain.js'
import { explainText } from './text.js'

const metrics = [
  metricWith({}),
  metricWith({ ...tier1, name: 'pulse', by: [] }),
  metricWith({
    name: 'monthly',
    tier: 3,
    window: { kind: 'calendar', unit: 'month' },
    refreshMs: 300_000,
    settleMs: 5000,
    cacheMs: 300_000,
    deliver: 'poll',
    sla: { latencyMs: 610_000, queryMs: 100, lagMs: 30_000 },
  }),
]
const small = explainModel(modelWith({ model: { metrics } }))
const large = explainModel(
  modelWith({
    target: fullTarget,
    source: { eventsPerSecond: 2_000_000, partitions: 24 },
    model: { metrics, viewers: 20_000 },
  }),
)
const metric = (report: typeof small, name: string) => report.metrics.find(found => found.metric === name)!
const nodes = (report: typeof small) => Object.fromEntries(report.nodes.map(node => [node.component, node.choice]))

describe('explainModel', () => {
  it('does without what the figures do not ask for', () => {
    expect(nodes(small)).toEqual({ kafka: 0, flink: 0, clickhouse: 1, redis: 0, push: 1 })
    expect(small.sources[0]).toMatchObject({ ingest: { choice: 'clickhouse' }, dedup: { choice: 'memory' } })
    expect(metric(small, 'pulse').engine.choice).toBe('clickhouse')
  })

  it('takes the large way where they do', () => {
    expect(nodes(large)).toEqual({ kafka: 6, flink: 1, clickhouse: 3, redis: 1, push: 8 })
    expect(large.nodes.find(node => node.component === 'flink')!.why).toContain(
      '24 tasks (one a partition), state in RocksDB',
    )
    expect(large.sources[0]).toMatchObject({ ingest: { choice: 'kafka' }, dedup: { choice: 'redis' } })
    expect(metric(large, 'pulse').engine.choice).toBe('flink')
    expect(metric(large, 'purchases').engine.choice).toBe('clickhouse')
  })

  it('asks for one node more at each limit of the tree, and not before', () => {
    const push = (viewers: number) => nodes(explainModel(modelWith({ target: fullTarget, model: { viewers } }))).push
    expect([100, 101, 5000, 10_000].map(push)).toEqual([1, 2, 2, 4])
  })

  it('names the rollups that the planner chose, with its estimate', () => {
    const { rollup } = metric(small, 'monthly')
    expect(rollup.choice).toEqual(['rollup_events_5s_by_region', 'rollup_events_15m_by_region'])
    expect(rollup.why).toContain('5s buckets shared with other metrics (5m would do)')
    expect(rollup.why).toContain(`about ${rollup.estimate.ms} ms, inside sla.query 100ms`)
    expect(small.rollups.find(({ rollup: name }) => name === 'rollup_events_5s_by_region')).toMatchObject({
      states: ["sum(value) filter (where event_type = 'purchase')"],
      metrics: ['monthly', 'purchases'],
    })
  })

  it('adds up what an event waits for', () => {
    expect(metric(small, 'pulse').latency).toMatchObject({ promised: 1000, least: 450 })
    expect(metric(large, 'pulse').latency.waits.map(wait => wait.name)).toEqual(['refresh', 'lateness'])
  })

  it('says what the file does not tell, instead of taking it for zero', () => {
    const { eventsPerSecond: _, ...source } = modelWith().sources[0]!
    const { viewers: __, ...model } = modelWith({ model: { sources: [source] } })
    const report = explainModel(model)
    expect(report).toMatchObject({ eventsPerSecond: null, viewers: null })
    expect(explainText(report)).toContain('events/s not told, viewers not told')
  })

  it('keeps to its schema', () => {
    const schema = JSON.parse(readFileSync(new URL('../../schemas/explain.schema.json', import.meta.url), 'utf8'))
    const validate = new Ajv2020({ strict: false }).compile(schema)
    for (const report of [small, large]) {
      expect(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors)).toBe(true)
    }
    expect(validate({ ...small, nodes: [{ component: 'kafka', choice: 'three', why: '' }] })).toBe(false)
  })
})

describe('explainText', () => {
  it('reads as a review reads it', () => {
    expect(explainText(small, 'purchases')).toBe(`metric purchases
  tier     2           near-real-time: refresh 5s is within 1s to 30s
  engine   clickhouse  tier 2: views fill rollups as events arrive, one query every 5s for all viewers
  rollup   5s          5s is the longest bucket for window 5m, refresh 5s: 600 rows, 1,200 states merged, about 4.12 ms, inside sla.query 100ms
  channel  sse         tier 2: pushed over plain HTTP, resumes by itself
  cache    5s          one refresh; in the service: any number of polling viewers cost one query
  latency  10s         refresh 5s + settle time 1s = 6s, 4s left for query and network
`)
  })

  it('has every metric and rollup in the whole', () => {
    const text = explainText(large)
    for (const { name } of metrics) expect(text).toContain(`\nmetric ${name}\n`)
    for (const { rollup } of large.rollups) expect(text).toContain(`  ${rollup} `)
  })

  it('names the metrics there are when asked for another', () => {
    expect(() => explainText(small, 'revenue')).toThrow('no metric "revenue"; there are purchases, pulse, monthly')
  })
})
