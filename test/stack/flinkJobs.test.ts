import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClickHouse } from '../../src/clients/clickhouse.js'
import { createFlinkClient, type FlinkClient } from '../../src/clients/flink.js'
import { createKafkaAdmin, type KafkaAdmin } from '../../src/clients/kafka/admin.js'
import { createKafkaProducer } from '../../src/clients/kafka/producer.js'
import { type Compiled, compile } from '../../src/compile/compile.js'
import { type ShortMetric, testModel } from '../../src/compile/testing.js'
import type { Source } from '../../src/model/model.js'
import { troubles } from '../../src/targets/flink/live/troubles.js'
import { flink as engine } from '../../src/targets/flink/live.js'
import { type FlinkEngine, type KafkaEngine, startFlink, startKafka } from './engines.js'
import { eventRecord, readTopic } from './topics.js'

// Jobs on a real cluster: planned, applied, found again, repaired, restarted, replaced and taken away.

/** Nobody is killed here, and who is busy is not gone. */
const PATIENT = { 'heartbeat.timeout': '300000' }

let kafka: KafkaEngine
let cluster: FlinkEngine
let admin: KafkaAdmin
let flink: FlinkClient
beforeAll(async () => {
  ;[kafka, cluster] = await Promise.all([startKafka({ secured: true }), startFlink({ settings: PATIENT })])
  admin = createKafkaAdmin({ brokers: kafka.brokers })
  flink = createFlinkClient({ gateway: cluster.gateway })
  process.env.FLINK_JOBS_BROKERS = kafka.brokers[0]
}, 120_000)
afterAll(async () => {
  await flink?.close()
  await admin?.close()
  await Promise.all([cluster?.stop(), kafka?.stop()])
}, 60_000)

const columns = { ts: 'DateTime64(3)', value: 'Float64', region: 'LowCardinality(String)' }
const counts: ShortMetric = { measure: 'count()', tier: 1, window: { kind: 'trailing', ms: 1000 }, by: ['region'] }

const made = (
  project: string,
  metrics: Record<string, ShortMetric> = { counts },
  source: Partial<Source> = {},
): Compiled =>
  compile(
    testModel(columns, metrics, {
      project,
      source: { topic: `${project}.events`, partitions: 4, replication: 1, ...source },
      target: {
        name: 'prod',
        kafka: { brokers: { template: `\${FLINK_JOBS_BROKERS}` } },
        flink: { gateway: { template: cluster.gateway } },
        clickhouse: { kind: 'server', url: { template: 'http://127.0.0.1:1' } },
      },
    }),
  )

const clients = () => ({ clickhouse: createClickHouse({ url: 'http://127.0.0.1:1' }), flink })

async function topicsOf({ resources }: Compiled): Promise<void> {
  const present = (await admin.topics()).map(({ name }) => name)
  for (const { kind, spec } of resources)
    if (kind === 'kafka.topic' && !present.includes(spec.name)) await admin.create(spec)
}

const planned = async (compiled: Compiled) => (await engine.plan(compiled, clients(), {})).changes
const seen = async (compiled: Compiled): Promise<string[]> =>
  (await planned(compiled)).map(({ action, reason, steps }) => `${action}: ${reason}; ${steps[0]!.run}`)

/** Applies what is planned, and gives what it was and what the steps said. */
async function applied(compiled: Compiled): Promise<{ done: string[]; said: string[] }> {
  const said: string[] = []
  const changes = await planned(compiled)
  const context = {
    ...{ clients: clients(), clickhouse: clients().clickhouse, database: compiled.model.project, applyId: 'test' },
    progress: (text: string) => void said.push(text),
  }
  for (const change of changes) for (const step of change.steps) await engine.apply(context, change, step)
  return { done: changes.map(({ action, steps }) => `${action} ${steps[0]!.run}`), said }
}

const running = async (project: string) =>
  (await flink.jobs()).filter(job => job.name.startsWith(`rtdash.${project}.`) && job.state === 'RUNNING')

test('a job is started, found again, repaired when cancelled by hand, restarted, replaced and taken away', async () => {
  const first = made('life')
  await topicsOf(first)
  expect(await seen(first)).toEqual(['create: new job; start-job'])
  expect((await applied(first)).done).toEqual(['create start-job'])
  expect(await seen(first)).toEqual([])
  const [job] = await running('life')
  expect(job?.name).toBe('rtdash.life.events')

  await flink.cancel(job!.id)
  expect(await seen(first)).toEqual(['create: the job was cancelled; start-job'])
  await applied(first)
  expect(await seen(first)).toEqual([])

  const wider = made('life', { counts }, { eventsPerSecond: 350_000 })
  expect(await seen(wider)).toEqual(['update: its settings change; restart-job'])
  expect(await applied(wider)).toEqual({ done: ['update restart-job'], said: [] })
  expect(await seen(wider)).toEqual([])

  const later = made('life', { counts }, { eventsPerSecond: 350_000, latenessMs: 500 })
  expect(await seen(later)).toEqual(['update: its tables change; restart-job'])
  expect(await applied(later)).toEqual({ done: ['update restart-job'], said: [] })

  const more = made('life', { counts, peak: { ...counts, measure: 'max(value)', by: [] } })
  expect(await seen(more)).toEqual(['replace: what it computes changes; replace-job'])
  await applied(more)
  expect(await seen(more)).toEqual([])
  expect(await running('life')).toHaveLength(1)

  const none = made('life', { counts: { ...counts, tier: 2 } })
  expect(await seen(none)).toEqual(['delete: no metric needs it; stop-job'])
  await applied(none)
  expect(await running('life')).toEqual([])
  expect(await seen(none)).toEqual([])
}, 300_000)

test('a step that was done already changes nothing, and two jobs of one name become one', async () => {
  const first = made('twice')
  await topicsOf(first)
  const [create] = await planned(first)
  const context = {
    ...{ clients: clients(), clickhouse: clients().clickhouse, database: 'twice', applyId: 'test' },
    progress: () => {},
  }
  await engine.apply(context, create!, create!.steps[0]!)
  await engine.apply(context, create!, create!.steps[0]!)
  const [job] = await running('twice')
  expect(await running('twice')).toHaveLength(1)

  // As after an apply that ended between starting the new and stopping the old.
  const more = made('twice', { counts, peak: { ...counts, measure: 'max(value)', by: [] } })
  const [replace] = await planned(more)
  await engine.apply(context, replace!, replace!.steps[0]!)
  expect((await running('twice')).map(({ id }) => id)).not.toContain(job!.id)
  await engine.apply(context, { ...create!, steps: [] }, { run: 'start-job', title: 'again' })
  expect(await seen(more)).toEqual([])
  await engine.apply(context, replace!, replace!.steps[0]!)
  expect(await running('twice')).toHaveLength(1)
  await applied(made('twice', { counts: { ...counts, tier: 2 } }))
}, 300_000)

/** With settings of its own, and missing partitions noticed after a second instead of half a minute. */
const fragile = (compiled: Compiled, settings: Record<string, string> = {}): Compiled => ({
  ...compiled,
  resources: compiled.resources.map(resource => {
    if (resource.kind !== 'flink.job') return resource
    const { spec } = resource
    const tables = spec.tables.map(table => table.replace(DISCOVERY, DISCOVERY.replace('30 s', '1 s')))
    return { ...resource, spec: { ...spec, tables, settings: { ...spec.settings, ...settings } } }
  }),
})
const DISCOVERY = "'scan.topic-partition-discovery.interval' = '30 s'"

test('a job that failed says why, and is started again', async () => {
  const compiled = made('fails')
  await topicsOf(compiled)
  const mortal = fragile(compiled, { 'restart-strategy.type': 'none' })
  await applied(mortal)
  await admin.remove('fails.updates')
  await admin.remove('fails.events')
  const ended = async () => (await flink.jobs()).find(({ name }) => name === 'rtdash.fails.events')?.state
  await expect.poll(ended, { timeout: 120_000 }).toBe('FAILED')
  expect((await seen(mortal))[0]).toMatch(/^create: the job failed: .*(partition|topic).*; start-job$/i)
  await topicsOf(compiled)
  await applied(mortal)
  expect(await seen(mortal)).toEqual([])
  await applied(made('fails', { counts: { ...counts, tier: 2 } }))
}, 300_000)

test('a job that is started again and again is named with the root cause, and changed all the same', async () => {
  const compiled = made('shaky')
  await topicsOf(compiled)
  const wanted = fragile(compiled)
  await applied(wanted)
  const notes = async () => (await engine.plan(wanted, clients(), {})).notes ?? []
  expect(await notes()).toEqual([])
  await admin.remove('shaky.events')
  const troubled = /^job rtdash\.shaky\.events .*([1-9]\d*) restarts? so far.*: .*(partition|topic)/i
  await expect.poll(async () => (await notes()).join(), { timeout: 120_000 }).toMatch(troubled)
  expect(await planned(wanted)).toEqual([])
  expect(await troubles(flink, 'shaky')).toMatchObject([{ source: 'events', job: 'rtdash.shaky.events' }])

  // It cannot be stopped with a savepoint now.
  await topicsOf(compiled)
  const slower = fragile(compiled, { 'execution.checkpointing.interval': '20 s' })
  const { done } = await applied(slower)
  expect(done).toEqual(['update restart-job'])
  expect(await seen(slower)).toEqual([])
  expect(await running('shaky')).toHaveLength(1)
  await applied(made('shaky', { counts: { ...counts, tier: 2 } }))
}, 300_000)

test('a job reads and writes by TLS and with a login, which is not kept in it', async () => {
  const { sasl, tls } = kafka.secured!.login('admin')
  const login = {
    FLINK_JOBS_BROKERS: kafka.secured!.broker,
    RTDASH_KAFKA_CA: tls!.ca,
    RTDASH_KAFKA_USERNAME: sasl!.username,
    RTDASH_KAFKA_PASSWORD: sasl!.password,
  }
  const before = { ...process.env }
  Object.assign(process.env, login)
  try {
    const compiled = made('safe')
    await topicsOf(compiled)
    await applied(compiled)
    expect(await seen(compiled)).toEqual([])
    const producer = createKafkaProducer({ brokers: kafka.brokers })
    const written = async () => {
      const now = Date.now()
      const record = (partition: number) => eventRecord({ ts: now, value: 1, region: 'eu' }, now, partition)
      await producer.send('safe.events', [0, 1, 2, 3].map(record))
      return (await readTopic(kafka.brokers, 'safe.updates')).length
    }
    await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(0)
    await producer.close()
    const [job] = await running('safe')
    expect(JSON.stringify(await flink.parameters(job!.id))).not.toContain(sasl!.password)
    await applied(made('safe', { counts: { ...counts, tier: 2 } }))
  } finally {
    for (const name of Object.keys(login)) delete process.env[name]
    process.env.FLINK_JOBS_BROKERS = before.FLINK_JOBS_BROKERS
  }
}, 300_000)

test('the job of somebody else under our name is left alone and named', async () => {
  const compiled = made('foreign')
  await topicsOf(compiled)
  await flink.session(async session => {
    await session.run("SET 'pipeline.name' = 'rtdash.foreign.events'")
    await session.run("CREATE TEMPORARY TABLE a (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1')")
    await session.run("CREATE TEMPORARY TABLE b (x INT) WITH ('connector' = 'blackhole')")
    await session.run('INSERT INTO b SELECT x FROM a')
  })
  await expect(planned(compiled)).rejects.toThrow('that was not started here')
  await expect(planned(made('foreign', { counts: { ...counts, tier: 2 } }))).resolves.toEqual([])
  for (const { id } of await flink.jobs()) await flink.cancel(id)
}, 120_000)
