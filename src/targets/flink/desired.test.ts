import { expect, test } from 'vitest'
import { compile } from '../../compile/compile.js'
import { testModel, trailing } from '../../compile/testing.js'

function compiled(latenessMs: number) {
  const { resources, service } = compile(
    testModel(
      { ts: 'DateTime64(3)', value: 'Float64' },
      {
        short: { measure: 'count()', tier: 1, window: trailing(250) },
        long: { measure: 'sum(value)', tier: 1, window: trailing(60_000) },
      },
      {
        source: { latenessMs },
        target: {
          name: 'prod',
          kafka: { brokers: { template: 'kafka:9092' } },
          flink: { gateway: { template: 'http://flink:8083' } },
          clickhouse: { kind: 'server', url: { template: 'http://clickhouse:8123' } },
        },
      },
    ),
  )
  const [job] = resources.flatMap(resource => (resource.kind === 'flink.job' ? [resource] : []))
  return { job: job!, service }
}

test('a job without state reads back so far that every window that may still be waited for is whole', () => {
  for (const latenessMs of [0, 200, 10_000]) {
    const { job, service } = compiled(latenessMs)
    for (const { streamed } of service.metrics)
      expect(job.spec.readBackMs).toBeGreaterThanOrEqual(60_000 + streamed!.waitMs + 1000)
  }
})

test('the records of a metric say by which definition they are', () => {
  const { job, service } = compiled(200)
  const meanings = service.metrics.map(({ streamed }) => streamed!.meaning)
  expect(new Set(meanings).size).toBe(2)
  for (const meaning of meanings) expect(job.spec.inserts.filter(sql => sql.includes(meaning))).toHaveLength(1)
})
