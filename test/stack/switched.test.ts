import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { inexact } from '../../src/backfill/testing.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { testModel, trailing } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Model } from '../../src/model/model.js'
import { plan } from '../../src/plan/plan.js'
import { startService } from '../../src/service/server.js'
import { simulate } from '../../src/simulate/simulate.js'
import { type KafkaEngine, startKafka } from './engines.js'

// A target begins with ClickHouse alone, gets a broker under live traffic, and loses it again: events flow all the time,
// from the front door straight into raw or through the topic, and each counts once.

const columns = {
  ts: 'DateTime64(3)',
  user_id: 'UInt64',
  value: 'Float64',
  region: 'LowCardinality(String)',
}
const metrics = {
  total: { measure: 'count()', window: trailing(60_000), by: ['region'] },
  value: { measure: 'sum(user_id)', window: trailing(3_600_000), refreshMs: 10_000 },
}
const server = { kind: 'server', url: { template: 'http://127.0.0.1' } } as const

let kafka: KafkaEngine
let ch: TestClickHouse
let admin: KafkaAdmin
beforeAll(async () => {
  ;[kafka, ch] = await Promise.all([startKafka(), testClickHouse()])
  admin = createKafkaAdmin(kafka)
})
afterAll(async () => {
  await admin?.close()
  await kafka?.stop()
  await ch?.stop()
})

const compiledFor = (target: Model['target']): Compiled =>
  compile(testModel(columns, metrics, { target, source: { partitions: 2, replication: 1 } }))
const clientsOf = ({ model }: Compiled) => ({ clickhouse: ch.client, ...(model.target.kafka && { kafka: admin }) })

async function applied(compiled: Compiled): Promise<string[]> {
  const wanted = await plan(compiled, clientsOf(compiled))
  const { results } = await apply(wanted, clientsOf(compiled), { database: 'shop', allowDestructive: true })
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  expect((await plan(compiled, clientsOf(compiled))).changes).toEqual([])
  return wanted.changes.map(({ action, id }) => `${action} ${id}`)
}

let sent = 0
/** The service of a target, taking events until `meanwhile` is done, and ended when all of them are in raw. */
async function taking(compiled: Compiled, meanwhile: () => Promise<unknown>): Promise<void> {
  const service = await startService({
    clickhouse: ch.client,
    database: 'shop',
    port: 0,
    stateDir: ch.dir,
    ...(compiled.model.target.kafka && { kafka }),
  })
  const stop = new AbortController()
  const [source] = compiled.service.sources
  const sending = simulate({ source: source!, url: service.url, rate: 500, seed: 1, signal: stop.signal })
  await new Promise(resolve => setTimeout(resolve, 1000))
  await meanwhile()
  stop.abort()
  sent += (await sending).accepted
  await expect.poll(() => stored()).toBe(sent)
  await service.stop()
}

test('a target gets a broker, and loses it again, while events flow', async () => {
  const alone = compiledFor({ name: 'alone', clickhouse: server })
  const both = compiledFor({ name: 'both', clickhouse: server, kafka: { brokers: { template: kafka.brokers.join() } } })
  await applied(alone)
  await taking(alone, async () => {
    const changes = await applied(both)
    expect(changes).toContain('create kafka.topic/shop.events')
    expect(changes).toContain('update clickhouse.table/raw_events')
    expect(changes.filter(change => change.includes('rollup'))).toEqual([])
  })
  // Front doors of both kinds one after the other, as their processes are replaced.
  await taking(both, async () => {})
  expect(await inexact(ch.client, both)).toEqual([])

  // Its front door and loader still run while the target is already without them: where an event lies in the topic stays.
  await taking(both, () => applied(alone))
  expect((await plan(alone, clientsOf(alone))).unused).toContain('raw_events._offset')
  await taking(alone, async () => {})
  expect(await stored()).toBe(sent)
  expect(await inexact(ch.client, alone)).toEqual([])
})

async function stored(): Promise<number> {
  const [row] = await ch.client.query<{ n: string }>('SELECT count() AS n FROM shop.raw_events')
  return Number(row!.n)
}
