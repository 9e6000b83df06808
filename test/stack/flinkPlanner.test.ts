import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel, trailing } from '../../src/compile/testing.js'
import { parseMeasure } from '../../src/expr/parse.js'
import { COLUMN_TYPES, measureText } from '../../src/expr/testing/arbitrary.js'
import { columns } from '../../src/expr/testing/columns.js'
import { propertyOptions } from '../../src/expr/testing/propertyOptions.js'
import type { Source } from '../../src/model/model.js'
import type { FlinkJobSpec } from '../../src/model/resource.js'
import { compiledExamples } from '../support/examples.js'
import { type Planner, startPlanner } from './planner.js'

// What is compiled for Flink is taken by Flink's own planner.

let planner: Planner
beforeAll(async () => {
  planner = await startPlanner()
}, 120_000)
afterAll(() => planner?.stop())

const types: Record<string, string> = { ...COLUMN_TYPES, ts: 'DateTime64(3)' }

function jobOf(metrics: Record<string, ShortMetric>, source: Partial<Source> = {}): FlinkJobSpec {
  const target = {
    name: 'prod',
    kafka: { brokers: { template: "k'1:9092" } },
    flink: { gateway: { template: 'http://flink:8083' } },
    clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' } },
  } as const
  const { resources } = compile(testModel(types, metrics, { target, source: { partitions: 4, ...source } }))
  return resources.flatMap(r => (r.kind === 'flink.job' ? [r.spec] : []))[0]!
}

const counts: ShortMetric = { measure: 'per_second(count())', tier: 1, window: trailing(1000), by: ['low', 'i32'] }

test('the jobs of every example', async () => {
  let jobs = 0
  for (const { compiled } of await compiledExamples())
    for (const resource of compiled.resources)
      if (resource.kind === 'flink.job') {
        jobs++
        expect(await planner.refusals(resource.spec)).toEqual([])
      }
  expect(jobs).toBeGreaterThan(0)
}, 120_000)

test('every form of source and of window', async () => {
  const metrics = {
    counts,
    alone: { ...counts, window: trailing(250), by: [] },
    long: { ...counts, window: trailing(93_784_500), refreshMs: 500 },
  }
  const id = { id: 'u64', dedupMs: 60_000 }
  const formats = [undefined, 'epoch_seconds', 'epoch_millis', 'best_effort'] as const
  for (const format of formats)
    for (const own of [{}, id])
      expect(await planner.refusals(jobOf(metrics, { ...own, ...(format && { format }) }))).toEqual([])
}, 120_000)

test('whatever a metric measures, by whatever column', async () => {
  let valid = 0
  const by = fc.subarray(Object.keys(COLUMN_TYPES), { maxLength: 3 })
  const check = fc.asyncProperty(measureText, by, async (text, dimensions) => {
    // First and last are the lint flink-aggregate's errors.
    if (!parseMeasure(text, columns(types)).ok || /\b(first|last)\(/.test(text)) return
    valid++
    const metric: ShortMetric = { measure: text, tier: 1, window: trailing(1000), by: dimensions }
    expect(await planner.refusals(jobOf({ generated: metric }))).toEqual([])
  })
  await fc.assert(check, propertyOptions(60))
  expect(valid).toBeGreaterThan(10)
}, 600_000)
