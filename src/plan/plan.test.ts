import { expect, test } from 'vitest'
import { compile } from '../compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../compile/testing.js'
import type { Source, Target } from '../model/model.js'
import { diffCompiled } from './offline.js'
import { planOf } from './plan.js'

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
const keeping = (days: number) => ({ topicMs: days * DAY, rawMs: 90 * DAY, rollupMs: 365 * DAY })
const made = (source: Partial<Source> = {}, list = metrics, cols: Record<string, string> = columns) =>
  compile(testModel(cols, list, { target, source: { partitions: 4, retention: keeping(7), ...source } }))
type Made = ReturnType<typeof made>

/** Of the plan from what `live` has made to `head`. */
const fingerprint = (live: Made, head: Made): string =>
  planOf(head, head.resources, [{ changes: diffCompiled(live, head).changes, unused: [] }]).fingerprint

const live = made()

test('the fingerprint of a saved plan is another one when the file is, in whatever engine that shows', () => {
  const files: Made[] = [
    live,
    // Alike in every word of their steps: only the values differ.
    made({ retention: keeping(14) }),
    made({ retention: keeping(21) }),
    made({ eventsPerSecond: 350_000 }),
    made({ eventsPerSecond: 450_000 }),
    made({ latenessMs: 1500 }),
    made({}, { ...metrics, total: { measure: 'sum(value)', window: trailing(120_000) } }),
    made({}, metrics, { ...columns, more: 'String' }),
    made({}, metrics, { ...columns, more: 'UInt8' }),
  ]
  expect(new Set(files.map(file => fingerprint(live, file))).size).toBe(files.length)
})

test('and when the live system is, in whatever engine that shows', () => {
  const head = made({ retention: keeping(30) })
  const systems: Made[] = [
    head,
    made({ retention: keeping(14) }),
    made({ retention: keeping(21) }),
    made({ retention: keeping(30), latenessMs: 1500 }),
    made({ retention: keeping(30), latenessMs: 2500 }),
    made({ retention: keeping(30) }, { total: metrics.total! }),
  ]
  expect(new Set(systems.map(system => fingerprint(system, head))).size).toBe(systems.length)
})

test('it is the same for the same pair, wherever in the file things stand', () => {
  const span = { file: 'other.yaml', line: 99, column: 1, endLine: 99, endColumn: 2 }
  const moved = made({ retention: keeping(14), span })
  expect(fingerprint(live, moved)).toBe(fingerprint(live, made({ retention: keeping(14) })))
})
