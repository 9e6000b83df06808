import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { apply } from '../../src/apply/apply.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaConsumer, type KafkaConsumer } from '../../src/clients/kafka/consumer.js'
import { createKafkaProducer } from '../../src/clients/kafka/producer.js'
import { compile } from '../../src/compile/compile.js'
import { testModel } from '../../src/compile/testing.js'
import { type TestClickHouse, testClickHouse } from '../../src/embedded/testing.js'
import type { Source } from '../../src/model/model.js'
import type { Plan } from '../../src/model/plan.js'
import { plan } from '../../src/plan/plan.js'
import type { Clients, PlanOptions } from '../../src/targets/live.js'
import type { Evidence } from '../../src/verify/check.js'
import { consumers } from '../../src/verify/checks/consumers.js'
import { topics } from '../../src/verify/checks/topics.js'
import { type KafkaEngine, startKafka } from './engines.js'

// Topics on real brokers: planned, applied, changed by hand, repaired.

let ch: TestClickHouse
let engine: KafkaEngine | undefined
let admin: KafkaAdmin
let clients: Clients

beforeAll(async () => {
  ch = await testClickHouse()
})
afterAll(() => ch.stop())
afterEach(async () => {
  await admin?.close()
  await engine?.stop()
  engine = undefined
})

const TOPIC = 'shop.events'
const DEAD_LETTERS = 'shop.events.dead-letters'
let projects = 0
let project = ''

/** A cluster, and a project that knows nothing yet. */
async function start(brokers: 1 | 3): Promise<void> {
  engine = await startKafka({ brokers })
  admin = createKafkaAdmin(engine)
  clients = { clickhouse: ch.client, kafka: admin }
  project = `shop${++projects}`
}

function model(source: Partial<Source> = {}, others: readonly string[] = []) {
  const one = testModel(
    { ts: 'DateTime64(3)', value: 'Float64' },
    { total: { measure: 'sum(value)', window: { kind: 'trailing', ms: 60_000 } } },
    {
      project,
      target: {
        name: 'test',
        kafka: { brokers: { template: engine!.brokers.join(',') } },
        clickhouse: { kind: 'embedded' },
      },
      source: { topic: TOPIC, replication: 1, partitions: 2, ...source },
    },
  )
  const more = others.map(name => ({ ...one.sources[0]!, name, topic: `shop.${name}`, table: name }))
  return { ...one, sources: [...one.sources, ...more] }
}

const planned = (wanted = model(), options: PlanOptions = {}): Promise<Plan> => plan(compile(wanted), clients, options)

async function applied(wanted = model(), options: PlanOptions = {}): Promise<Plan> {
  const made = await planned(wanted, options)
  const { ok, results } = await apply(made, clients, { database: project, allowDestructive: true })
  expect(results.filter(result => !result.ok)).toEqual([])
  expect(ok).toBe(true)
  return made
}

const topicChanges = ({ changes }: Plan) =>
  changes
    .filter(({ kind }) => kind === 'kafka.topic')
    .map(({ id, action, risk, steps }) => [
      id.slice('kafka.topic/'.length),
      action,
      risk,
      ...steps.map(({ run }) => run),
    ])

async function topic(name: string) {
  const [found] = await admin.topics([name])
  return found!
}

test('one broker: drift by hand shows with the right repair, which repairs just that', async () => {
  await start(1)
  expect(topicChanges(await applied())).toEqual([
    [TOPIC, 'create', 'safe', 'create-topic'],
    [DEAD_LETTERS, 'create', 'safe', 'create-topic'],
  ])
  for (let look = 0; look < 5; look++) expect((await planned()).changes).toEqual([])
  const made = await topic(TOPIC)
  expect(made).toMatchObject({ partitions: 2, replication: 1 })
  expect(made.config).toMatchObject({
    'cleanup.policy': 'delete',
    'compression.type': 'producer',
    'message.timestamp.type': 'CreateTime',
    'min.insync.replicas': '1',
    'retention.ms': '604800000',
  })

  // Altered by hand: one key of ours set otherwise, one unset, one that is not ours.
  await admin.alterConfig(TOPIC, { 'retention.ms': '1000', 'segment.ms': null, 'flush.ms': '5000' })
  const drift = await planned()
  expect(topicChanges(drift)).toEqual([[TOPIC, 'update', 'safe', 'alter-topic']])
  expect(drift.changes[0]!.reason).toBe('retention.ms 1000 → 604800000, segment.ms unset → 75600000')
  await applied()
  expect((await topic(TOPIC)).config).toEqual({ ...made.config, 'flush.ms': '5000' })
  expect((await planned()).changes).toEqual([])

  // Deleted by hand.
  await admin.remove(DEAD_LETTERS)
  expect(topicChanges(await applied())).toEqual([[DEAD_LETTERS, 'create', 'safe', 'create-topic']])
  expect((await planned()).changes).toEqual([])

  // A configuration that no longer asks for a key unsets it, and leaves alone what others set.
  const kept = { topicMs: null, rawMs: null, rollupMs: null }
  await applied(model({ retention: kept }))
  const { config } = await topic(TOPIC)
  expect(config).toMatchObject({ 'retention.ms': '-1', 'flush.ms': '5000' })
  expect(config).not.toHaveProperty('segment.ms')
  expect((await planned(model({ retention: kept }))).changes).toEqual([])
  // What is no longer ours may be set by others.
  await admin.alterConfig(TOPIC, { 'segment.ms': '123456' })
  expect((await planned(model({ retention: kept }))).changes).toEqual([])
  // Shorter than what is there deletes events.
  expect(topicChanges(await planned())[0]).toEqual([TOPIC, 'update', 'destructive', 'alter-topic'])
})

test('partitions grow when that is allowed, and what Kafka cannot do is said when planning', async () => {
  await start(1)
  await applied()
  await expect(planned(model({ partitions: 4 }))).rejects.toMatchObject({ code: 'repartition' })
  expect(topicChanges(await applied(model({ partitions: 4 }), { allowRepartition: true }))).toEqual([
    [TOPIC, 'update', 'rebuild', 'add-partitions'],
  ])
  expect((await topic(TOPIC)).partitions).toBe(4)
  expect((await planned(model({ partitions: 4 }))).changes).toEqual([])

  // By hand: none can be taken away, so the file has to follow, and then there is nothing to do.
  await admin.addPartitions(TOPIC, 6)
  await expect(planned(model({ partitions: 4 }))).rejects.toMatchObject({
    code: 'fewer-partitions',
    fix: expect.stringContaining('partitions: 6'),
  })
  expect((await planned(model({ partitions: 6 }))).changes).toEqual([])
  await admin.addPartitions(DEAD_LETTERS, 3)
  expect((await planned(model({ partitions: 6 }))).changes).toEqual([])

  await expect(planned(model({ partitions: 6, replication: 3 }))).rejects.toMatchObject({ code: 'topic-replication' })
  await expect(planned(model({ topic: 'shop.other', replication: 3 }))).rejects.toMatchObject({
    code: 'too-few-brokers',
    message: expect.stringContaining('wants 3 copies, and there is 1 broker'),
  })
})

test('a topic that others made is used as it is; one of ours goes, with its events only when told', async () => {
  await start(1)
  await admin.create({ name: TOPIC, partitions: 5, replication: 1, config: { 'retention.ms': '1000' } })
  const first = await applied()
  expect(topicChanges(first)).toEqual([[DEAD_LETTERS, 'create', 'safe', 'create-topic']])
  expect(first.notes).toEqual([
    `topic ${TOPIC} is there already and was not made by rtdash: it is used as it is (5 × 1), and neither changed nor deleted`,
  ])
  expect(await topic(TOPIC)).toMatchObject({ partitions: 5, config: { 'retention.ms': '1000' } })
  const second = await planned()
  expect(second.changes).toEqual([])
  expect(second.notes).toHaveLength(1)

  await applied(model({}, ['orders', 'visits']))
  const producer = createKafkaProducer(engine!)
  await producer.send(
    'shop.orders',
    ['a', 'b', 'c'].map(text => ({ value: Buffer.from(text) })),
  )
  await producer.close()
  // Ours was deleted and others made another one of that name: theirs.
  await admin.remove('shop.visits.dead-letters')
  await admin.create({ name: 'shop.visits.dead-letters', partitions: 1, replication: 1, config: {} })
  const gone = await planned()
  expect(topicChanges(gone)).toEqual([
    ['shop.orders', 'delete', 'destructive', 'delete-topic'],
    ['shop.orders.dead-letters', 'delete', 'safe', 'delete-topic'],
    ['shop.visits', 'delete', 'safe', 'delete-topic'],
  ])
  expect(gone.changes.find(({ id }) => id === 'kafka.topic/shop.orders')!.reason).toContain('3 events are lost')
  await expect(apply(gone, clients, { database: project })).rejects.toMatchObject({ code: 'destructive' })
  await applied()
  expect((await admin.topics()).map(({ name }) => name).sort()).toEqual([
    TOPIC,
    DEAD_LETTERS,
    'shop.visits.dead-letters',
  ])
  expect((await planned()).changes).toEqual([])
})

test('an apply that ends between any two of its steps is finished by the next one', async () => {
  await start(1)
  const stops = [
    // After each call that changes something, and before each, the way ends there.
    ...['create', 'topics'].map(call => ({ call, done: true })),
    ...['create', 'topics'].map(call => ({ call, done: false })),
  ]
  for (const { call, done } of stops) {
    project = `shop${++projects}`
    const name = `shop.stop${projects}`
    const wanted = model({ topic: name })
    await cutOff(wanted, name, call, done)
    await applied(wanted)
    expect((await planned(wanted)).changes, `${call} ${done}`).toEqual([])
    // It is ours now: drift is seen, and it is deleted when nobody asks for it.
    await admin.alterConfig(name, { 'retention.ms': '5000' })
    expect(topicChanges(await planned(wanted))).toEqual([[name, 'update', 'safe', 'alter-topic']])
    await applied(wanted)
    for (const after of [true, false]) {
      const other = model({ topic: name, retention: { topicMs: null, rawMs: null, rollupMs: null } })
      await cutOff(other, name, 'alterConfig', after)
      await applied(other)
      expect((await topic(name)).config).not.toHaveProperty('segment.ms')
      await applied(wanted)
    }
    await cutOff(model({ topic: name, partitions: 3 }), name, 'addPartitions', true, { allowRepartition: true })
    await applied(model({ topic: name, partitions: 3 }), { allowRepartition: true })
    const elsewhere = model({ topic: `${name}.next` })
    await cutOff(elsewhere, name, 'remove', true)
    await applied(elsewhere)
    expect(await admin.topics([name])).toEqual([])
    expect((await planned(elsewhere)).changes).toEqual([])
  }
})

/** Applies until the first call of that name about that topic, which fails before or after it has been carried out. */
async function cutOff(
  wanted: ReturnType<typeof model>,
  name: string,
  call: string,
  done: boolean,
  options: PlanOptions = {},
): Promise<void> {
  let cut = false
  const breaking = new Proxy(admin, {
    get: (target, key) => {
      const real = target[key as keyof KafkaAdmin] as (...args: unknown[]) => Promise<unknown>
      if (key !== call) return real
      return async (...args: unknown[]) => {
        const about = JSON.stringify(args[0]).includes(`"${name}"`)
        if (about && done && !cut) await real(...args)
        if (!about) return real(...args)
        cut = true
        throw new Error('cut off')
      }
    },
  })
  const made = await planned(wanted, options)
  const broken = { ...clients, kafka: breaking }
  const { ok } = await apply(made, broken, { database: project, allowDestructive: true })
  expect(cut, `${call} was never called`).toBe(true)
  expect(ok).toBe(false)
}

test('three brokers: copies, and a plan that is empty whichever broker answers', async () => {
  await start(3)
  const wanted = model({ replication: 3, partitions: 6 })
  await applied(wanted)
  expect(await topic(TOPIC)).toMatchObject({ partitions: 6, replication: 3, config: { 'min.insync.replicas': '2' } })
  for (const broker of engine!.brokers) {
    const one = createKafkaAdmin({ brokers: [broker] })
    const { changes } = await plan(compile(wanted), { ...clients, kafka: one })
    expect(changes).toEqual([])
    await one.close()
  }
  await admin.alterConfig(TOPIC, { 'compression.type': 'lz4' })
  expect(topicChanges(await applied(wanted))).toEqual([[TOPIC, 'update', 'safe', 'alter-topic']])
  for (let look = 0; look < 10; look++) expect((await planned(wanted)).changes).toEqual([])
  // One may be down.
  await engine!.kill(2)
  await admin.alterConfig(TOPIC, { 'compression.type': 'lz4' })
  await applied(wanted)
  expect((await planned(wanted)).changes).toEqual([])
})

test('verify: topics as declared, and how far consumer groups are behind', async () => {
  await start(1)
  const wanted = model({
    partitions: 3,
    spans: { partitions: { file: '', line: 1, column: 1, endLine: 1, endColumn: 2 } },
  })
  const evidence = () =>
    ({ compiled: compile(wanted), clickhouse: ch.client, database: project, kafka: admin }) as unknown as Evidence
  const verdicts = async (check: typeof topics) =>
    (await check.run(evidence())).map(({ verdict, observed, limit, unit }) => [verdict, observed, limit, unit])
  expect((await topics.run(evidence())).map(({ reason }) => reason)).toEqual([
    `there is no topic ${TOPIC}: rtdash apply makes it`,
    `there is no topic ${DEAD_LETTERS}: rtdash apply makes it`,
  ])
  await applied(wanted)
  expect((await topics.run(evidence())).map(({ verdict, detail }) => [verdict, detail])).toEqual([
    ['pass', `${TOPIC}: 3 × 1, kept 7 d`],
    ['pass', `${DEAD_LETTERS}: 1 × 1, kept 7 d`],
  ])
  await admin.alterConfig(TOPIC, { 'retention.ms': '3600000' })
  await admin.addPartitions(TOPIC, 4)
  expect((await topics.run(evidence()))[0]).toMatchObject({
    verdict: 'fail',
    observed: 2,
    reason: `${TOPIC}: partitions 4 instead of 3, retention.topic 60 min instead of 7 d`,
  })

  // Nobody reads: no partition is assigned, and what waits grows old.
  const producer = createKafkaProducer(engine!)
  const record = { value: Buffer.from('{}'), partition: 1 }
  await producer.send(TOPIC, [{ ...record, timestamp: Date.now() - 60_000 }, record, record])
  const waiting = await consumers.run(evidence())
  expect(waiting.map(({ verdict, unit }) => [verdict, unit])).toEqual([
    ['fail', 'partitions'],
    ['pass', 'messages'],
    ['fail', 's'],
  ])
  expect(waiting[0]!.reason).toContain('no loader runs')
  expect(Number(waiting[2]!.observed)).toBeGreaterThanOrEqual(60)

  let read = 0
  const consumer: KafkaConsumer = createKafkaConsumer(engine!, {
    group: `rtdash.${project}.load`,
    topics: [TOPIC],
    fromBeginning: true,
    onBatch: async ({ topic: name, partition, records }) => {
      await consumer.commit(name, partition, records.at(-1)!.offset + 1n)
      read += records.length
    },
  })
  await expect.poll(() => read, { timeout: 20_000 }).toBe(3)
  expect(await verdicts(consumers)).toEqual([
    ['pass', 4, 4, 'partitions'],
    ['pass', 0, 1000, 'messages'],
    ['pass', 0, 30, 's'],
  ])
  await consumer.stop()
  await producer.send(
    TOPIC,
    Array.from({ length: 1001 }, () => record),
  )
  expect((await verdicts(consumers))[1]).toEqual(['fail', 1001, 1000, 'messages'])
  await producer.close()
})
