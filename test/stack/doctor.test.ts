import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testModel } from '../../src/compile/testing.js'
import { examine } from '../../src/doctor/doctor.js'
import type { DoctorReport } from '../../src/doctor/report.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Target } from '../../src/model/model.js'
import { schemaErrors } from '../support/schema.js'
import { type FlinkEngine, type KafkaEngine, type RedisEngine, startFlink, startKafka, startRedis } from './engines.js'

let ch: TestClickHouse
let kafka: KafkaEngine
let flink: FlinkEngine
let redis: RedisEngine
let target: Target

beforeAll(async () => {
  ;[ch, kafka, flink, redis] = await Promise.all([testClickHouse(), startKafka(), startFlink(), startRedis()])
  const url = new URL(ch.server.url)
  url.username = ch.server.username
  url.password = ch.server.password
  target = {
    name: 'prod',
    clickhouse: { kind: 'server', url: { template: url.href } },
    kafka: { brokers: { template: kafka.brokers.join() } },
    flink: { gateway: { template: flink.gateway }, jobmanager: { template: flink.jobmanager } },
    redis: { url: { template: redis.url } },
  }
}, 180_000)
afterAll(async () => {
  await Promise.all([ch?.stop(), kafka?.stop(), flink?.stop(), redis?.stop()])
})

const run = (replication: number, changes: Partial<Target> = {}): Promise<DoctorReport> => {
  const model = testModel(
    { ts: 'DateTime64(3)' },
    {},
    { target: { ...target, ...changes }, source: { replication, topic: 'shop.events' } },
  )
  return examine({ file: 'metrics.yaml', dir: ch.dir, model, texts: new Map() })
}
const of = ({ checks }: DoctorReport, component: string) =>
  checks.filter(each => each.component === component).map(({ check, verdict }) => `${check} ${verdict}`)

test('every engine answers, says its version and lets us in', async () => {
  const report = await run(1)
  expect(schemaErrors('doctor', report)).toBeNull()
  expect(of(report, 'clickhouse')).toEqual(['version ok', 'grants ok', 'clock ok', expect.stringMatching(/^disk /)])
  expect(of(report, 'kafka')).toEqual([
    'version ok',
    'brokers ok',
    'cluster-rights ok',
    'topic-rights skipped',
    'topic-rights skipped',
    'topic-rights skipped',
    expect.stringMatching(/^group-rights (ok|skipped)$/),
    'clock skipped',
  ])
  expect(of(report, 'flink')).toEqual(['version ok', 'kafka-connector ok', 'jobmanager ok', 'slots ok', 'clock ok'])
  expect(of(report, 'redis')).toEqual(['version ok', 'rights ok', 'eviction ok', 'clock ok'])
  expect(report.checks.filter(({ verdict }) => verdict === 'problem')).toEqual([])
})

test('more copies than brokers, an account of Redis without rights, an engine that is gone', async () => {
  const cli = (...args: string[]) => execa('redis-cli', ['-u', redis.url, ...args])
  await cli(
    'ACL',
    'SETUSER',
    'reader',
    'on',
    '>secret',
    '~*',
    '&*',
    '+@read',
    '+acl',
    '+ping',
    '+info',
    '+time',
    '+hello',
  )
  await cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await flink.killGateway()
  const report = await run(3, { redis: { url: { template: redis.url.replace('://', '://reader:secret@') } } })
  expect(report.ok).toBe(false)
  expect(report.checks.find(({ check }) => check === 'brokers')).toMatchObject({ verdict: 'problem' })
  expect(report.checks.find(({ component, check }) => component === 'redis' && check === 'rights')).toMatchObject({
    verdict: 'problem',
    observed: expect.stringContaining('reader may not: SET, DEL'),
  })
  expect(of(report, 'redis')).toContain('eviction warning')
  expect(of(report, 'flink')).toEqual(['reachable problem'])
  expect(JSON.stringify(report)).not.toContain('secret')
})
