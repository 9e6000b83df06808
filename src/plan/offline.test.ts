import { expect, test } from 'vitest'
import { compile } from '../compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../compile/testing.js'
import type { Source, Target } from '../model/model.js'
import { diffCompiled } from './offline.js'

const DAY = 86_400_000
const target: Target = {
  name: 'prod',
  kafka: { brokers: { template: 'kafka:9092' } },
  flink: { gateway: { template: 'http://flink:8083' } },
  clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' } },
}
const columns = { ts: 'DateTime64(3)', value: 'Float64', region: 'LowCardinality(String)' }
const metrics: Record<string, ShortMetric> = {
  rps: { measure: 'per_second(count())', tier: 1, window: trailing(1000), by: ['region'] },
  total: { measure: 'sum(value)', window: trailing(60_000) },
}
const made = (list = metrics, source: Partial<Source> = {}, cols: Record<string, string> = columns) =>
  compile(testModel(cols, list, { target, source: { partitions: 4, ...source } }))
const base = made()
const seen = (head: ReturnType<typeof made>) =>
  diffCompiled(base, head).changes.map(({ action, id, risk }) => `${action} ${id} ${risk}`)
const retention = { topicMs: 7 * DAY, rawMs: 90 * DAY, rollupMs: 365 * DAY }

test('the same file is no change', () => {
  expect(seen(made())).toEqual([])
})

test('a new metric of tier 1 is new states, a view, another job and configuration', () => {
  const head = made({ ...metrics, peak: { measure: 'max(value)', tier: 1, window: trailing(1000), by: ['region'] } })
  expect(seen(head)).toEqual([
    'update clickhouse.rollup/rollup_events_250ms_by_region rebuild',
    'create clickhouse.view/peak safe',
    'replace flink.job/events rebuild',
    'update service.config/shop safe',
  ])
})

test('without tier 1 the job and the updates go, and nothing of it is data', () => {
  const { total } = metrics
  const changes = seen(made({ total: total! }))
  expect(changes).toContain('delete flink.job/events safe')
  expect(changes).toContain('delete kafka.topic/shop.updates safe')
})

test('what loses data is destructive: shorter retention, columns and topics that go', () => {
  expect(seen(made(metrics, { retention: { ...retention, topicMs: DAY } }))).toEqual([
    'update kafka.topic/shop.events destructive',
    'update kafka.topic/shop.events.dead-letters destructive',
  ])
  expect(seen(made(metrics, { retention: { ...retention, topicMs: null } }))).toEqual([
    'update kafka.topic/shop.events safe',
    'update kafka.topic/shop.events.dead-letters safe',
  ])
  expect(seen(made(metrics, { topic: 'elsewhere' }))).toEqual(
    expect.arrayContaining(['create kafka.topic/elsewhere safe', 'delete kafka.topic/shop.events destructive']),
  )
  const wide = made(metrics, {}, { ...columns, extra: 'String' })
  const back = diffCompiled(wide, base).changes.map(({ id, risk }) => `${id} ${risk}`)
  expect(back).toContain('clickhouse.table/raw_events#columns destructive')
})

test('more partitions move keys; fewer, and other replication, cannot be', () => {
  expect(seen(made(metrics, { partitions: 8 }))).toContain('update kafka.topic/shop.events rebuild')
  expect(() => seen(made(metrics, { partitions: 2 }))).toThrow('4 partitions and cannot have 2')
  expect(() => seen(made(metrics, { replication: 2 }))).toThrow('3 replicas and cannot change to 2')
})

test('other settings restart the job from a savepoint', () => {
  expect(seen(made(metrics, { eventsPerSecond: 350_000 }))).toContain('update flink.job/events safe')
})

test('two clusters compare like two servers', () => {
  const clustered = (list: Record<string, ShortMetric>) =>
    compile(
      testModel(columns, list, {
        target: { ...target, clickhouse: { kind: 'server', url: { template: 'http://c' }, cluster: 'main' } },
      }),
    )
  expect(diffCompiled(clustered(metrics), clustered(metrics)).changes).toEqual([])
  const more = clustered({ ...metrics, mean: { measure: 'avg(value)', window: trailing(60_000) } })
  expect(diffCompiled(clustered(metrics), more).changes.map(({ action, id }) => `${action} ${id}`)).toEqual(
    expect.arrayContaining(['create clickhouse.view/mean', 'update service.config/shop']),
  )
})
