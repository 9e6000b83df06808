import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { compile } from '../../src/compile/compile.js'
import { testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import { acquireLock } from '../../src/lock/lock.js'
import type { Plan } from '../../src/model/plan.js'
import { planDestroy } from '../../src/plan/destroy.js'
import { plan } from '../../src/plan/plan.js'
import { type FlinkEngine, type KafkaEngine, startFlink, startKafka } from './engines.js'

// All that was made on a broker, a cluster and a server goes; the topic that others made stays.

let ch: TestClickHouse
let broker: KafkaEngine
let cluster: FlinkEngine
let kafka: KafkaAdmin
let flink: FlinkClient
beforeAll(async () => {
  ;[ch, broker, cluster] = await Promise.all([testClickHouse(), startKafka(), startFlink()])
  kafka = createKafkaAdmin({ brokers: broker.brokers })
  flink = createFlinkClient({ gateway: cluster.gateway })
  process.env.DESTROY_BROKERS = broker.brokers[0]
}, 180_000)
afterAll(async () => {
  await flink?.close()
  await kafka?.close()
  await Promise.all([ch?.stop(), cluster?.stop(), broker?.stop()])
}, 60_000)

test('destroy takes jobs, topics, tables and the database away, in this order, and leaves what others made', async () => {
  await kafka.create({ name: 'shop.theirs', partitions: 2, replication: 1, config: {} })
  const made = (topic: string) =>
    compile(
      testModel(
        { ts: 'DateTime64(3)', value: 'Float64' },
        { rps: { tier: 1, measure: 'count()', window: trailing(1000) } },
        {
          project: 'shop',
          source: { topic, partitions: 2, replication: 1 },
          target: {
            name: 'prod',
            kafka: { brokers: { template: `\${DESTROY_BROKERS}` } },
            flink: { gateway: { template: cluster.gateway } },
            clickhouse: { kind: 'server', url: { template: 'http://127.0.0.1:1' } },
          },
        },
      ),
    )
  const compiled = made('shop.theirs')
  const clients = { clickhouse: ch.client, kafka, flink }
  const locked = async (make: () => Promise<Plan>) => {
    const lock = await acquireLock(ch.client, 'shop', { who: 'jo@here' })
    const wanted = await make()
    const { results } = await apply(wanted, clients, { database: 'shop', allowDestructive: true, guard: lock.check })
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    await lock.release()
    return wanted
  }
  await locked(() => plan(compiled, clients))
  const gone = await locked(() => planDestroy(compiled, clients))
  const kinds = gone.changes.map(({ kind, id }) => (id.startsWith('clickhouse.table/_rtdash_') ? id : kind))
  expect([...new Set(kinds)]).toEqual([
    'flink.job',
    'clickhouse.table/_rtdash_config',
    'clickhouse.view',
    'clickhouse.rollup',
    'clickhouse.table',
    'kafka.topic',
    'clickhouse.table/_rtdash_history',
    'clickhouse.database',
  ])
  expect(gone.notes).toEqual(['topic shop.theirs was not made by rtdash: it stays'])
  expect((await kafka.topics()).map(({ name }) => name).filter(name => name.startsWith('shop'))).toEqual([
    'shop.theirs',
  ])
  expect(
    (await flink.jobs()).filter(({ name, state }) => name.startsWith('rtdash.shop') && state === 'RUNNING'),
  ).toEqual([])
  expect(await ch.client.query("SELECT name FROM system.databases WHERE name = 'shop'")).toEqual([])
  expect((await planDestroy(compiled, clients)).changes).toEqual([])
}, 240_000)
