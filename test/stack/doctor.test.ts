import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineStatus } from '../../src/cli/engineStatus.js'
import { createFlinkClient } from '../../src/clients/flink.js'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaProducer } from '../../src/clients/kafka/producer.js'
import { createRedis } from '../../src/clients/redis.js'
import { testModel } from '../../src/compile/testing.js'
import { examine } from '../../src/doctor/doctor.js'
import { checkKafka } from '../../src/doctor/kafka.js'
import type { DoctorReport } from '../../src/doctor/report.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { enginesWell } from '../../src/format/engines.js'
import { statusDocument, statusText } from '../../src/format/status.js'
import { createStyle } from '../../src/format/style.js'
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
  expect(of(report, 'flink')).toEqual([
    'version ok',
    'kafka-connector ok',
    'jobmanager ok',
    'slots ok',
    'jobs ok',
    'clock skipped',
  ])
  expect(of(report, 'redis')).toEqual(['version ok', 'rights ok', 'eviction ok', 'clock ok'])
  expect(report.checks.filter(({ verdict }) => verdict === 'problem')).toEqual([])
})

test('status tells of brokers, lag, jobs and Redis, and of what does not answer', async () => {
  const { clickhouse } = { clickhouse: ch.client }
  const admin = createKafkaAdmin(kafka)
  const producer = createKafkaProducer(kafka)
  const jobs = createFlinkClient(flink)
  const client = createRedis({ url: redis.url })
  const model = testModel({ ts: 'DateTime64(3)' }, {}, { target, source: { topic: 'shop.events' } })
  const ask = () => engineStatus(model, { clickhouse, kafka: admin, flink: jobs, redis: client })
  const before = await ask()
  expect(before).toMatchObject({
    kafka: { brokers: 1, topics: [{ source: 'events', topic: 'shop.events', missing: true }] },
    flink: { version: expect.stringMatching(/^2\./), jobs: [] },
    redis: { version: expect.any(String), clients: expect.any(Number) },
  })
  expect(enginesWell(before)).toBe(false)
  await admin.create({ name: 'shop.events', partitions: 1, replication: 1, config: {} })
  await producer.send('shop.events', [{ value: Buffer.from('{}') }, { value: Buffer.from('{}') }])
  const after = await ask()
  expect(after.kafka).toMatchObject({ topics: [{ missing: false, lag_messages: 2 }] })
  expect(enginesWell(after)).toBe(true)
  const status = {
    target: 'prod',
    version: '0',
    clickhouse: '0',
    url: undefined,
    service: undefined,
    applied: undefined,
  }
  expect(schemaErrors('status', statusDocument({ ...status, engines: after }))).toBeNull()
  expect(statusText({ ...status, engines: after }, createStyle(false))).toContain('shop.events  2 records behind')
  await kafka.kill()
  const without = await ask()
  expect(without.kafka).toEqual({ error: expect.any(String) })
  expect(schemaErrors('status', statusDocument({ ...status, engines: without }))).toBeNull()
  await kafka.startBroker()
  client.close()
  await Promise.all([producer.close(), admin.close(), jobs.close()])
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

test('an account of Kafka that may not do what is needed', async () => {
  const secured = await startKafka({ secured: true })
  try {
    const admin = createKafkaAdmin({ brokers: secured.brokers })
    await admin.create({ name: 'shop.events', partitions: 1, replication: 1, config: {} })
    await admin.close()
    const model = testModel({ ts: 'DateTime64(3)' }, {}, { target, source: { topic: 'shop.events', replication: 1 } })
    const admins = await checkKafka(secured.secured!.login('admin'), model)
    expect(admins.find(({ observed }) => observed === 'shop.events')).toMatchObject({ verdict: 'ok' })
    const apps = await checkKafka(secured.secured!.login('app'), model)
    expect(apps.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'version ok',
      'brokers ok',
      'cluster-rights warning',
      'topic-rights problem',
      'topic-rights problem',
      'topic-rights problem',
      'group-rights problem',
      'clock skipped',
    ])
  } finally {
    await secured.stop()
  }
})
