import { AclOperations, AclPermissionTypes, Admin, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createKafkaAdmin } from '../../src/clients/kafka/admin.js'
import { type KafkaConnection, kafkaConnection } from '../../src/clients/kafka/connection.js'
import { createKafkaConsumer } from '../../src/clients/kafka/consumer.js'
import type { KafkaError } from '../../src/clients/kafka/kafkaError.js'
import { createKafkaProducer } from '../../src/clients/kafka/producer.js'
import { type KafkaEngine, startKafka } from './engines.js'
import type { Secured } from './secured.js'

// A broker that is reached by TLS and a login, and lets accounts do what its ACLs say.

let engine: KafkaEngine
let secured: Secured
const open: { close(): Promise<void> }[] = []
beforeAll(async () => {
  engine = await startKafka({ secured: true })
  secured = engine.secured!
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
afterAll(() => engine?.stop())

function adminOf(connection: KafkaConnection) {
  const made = createKafkaAdmin(connection)
  open.push(made)
  return made
}

const topic = (name: string) => ({ name, partitions: 2, replication: 1, config: {} })
const errorOf = (run: Promise<unknown>): Promise<KafkaError> =>
  run.then(
    () => expect.fail('it went through'),
    error => error as KafkaError,
  )

test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
  '%s over TLS: administered, written, read',
  async mechanism => {
    const name = `by-${mechanism}`
    // As serve and apply make it, from the environment alone.
    const { sasl, tls } = secured.login('admin', mechanism)
    const connection = kafkaConnection(secured.broker, {
      RTDASH_KAFKA_CA: tls!.ca,
      RTDASH_KAFKA_USERNAME: sasl!.username,
      RTDASH_KAFKA_PASSWORD: sasl!.password,
      RTDASH_KAFKA_SASL_MECHANISM: mechanism,
    })
    const admin = adminOf(connection)
    await admin.create(topic(name))
    await admin.alterConfig(name, { 'retention.ms': '5000000' })
    // A broker may be a moment behind in telling what was altered.
    await expect
      .poll(() => admin.topics([name]))
      .toMatchObject([{ partitions: 2, config: { 'retention.ms': '5000000' } }])
    const producer = createKafkaProducer(connection)
    open.push(producer)
    await producer.send(name, [{ value: Buffer.from('a') }])
    const read: string[] = []
    const consumer = createKafkaConsumer(connection, {
      group: name,
      topics: [name],
      fromBeginning: true,
      onBatch: async ({ partition, records }) => {
        await consumer.commit(name, partition, records.at(-1)!.offset + 1n)
        read.push(...records.map(({ value }) => String(value)))
      },
    })
    await expect.poll(() => read).toEqual(['a'])
    await consumer.stop()
    expect([...(await admin.committed(name, name)).values()]).toEqual([1n])
  },
)

test('a login that is refused, a certificate that is not trusted, and a listener of another kind say so', async () => {
  const good = secured.login('admin')
  const ask = (connection: KafkaConnection) => errorOf(adminOf(connection).brokers())
  const wrong = await ask({ ...good, sasl: { ...good.sasl!, password: 'not this one' } })
  expect(wrong).toMatchObject({ type: 'AUTHENTICATION', retryable: false })
  expect(wrong.message).toMatch(/invalid credentials/)
  expect(wrong.fix).toContain('RTDASH_KAFKA_PASSWORD')
  expect(`${wrong.message} ${wrong.fix}`).not.toMatch(/not this one/)
  const stranger = await ask({ ...good, tls: {} })
  expect(stranger).toMatchObject({ type: 'TLS', retryable: false })
  expect(stranger.message).toMatch(/the broker's certificate: unable to verify/)
  expect(stranger.fix).toContain('RTDASH_KAFKA_CA')
  const [host, port] = ['localhost', secured.broker.split(':')[1]]
  expect(await ask({ ...good, brokers: [`${host}:${port}`] })).toMatchObject({ type: 'TLS', retryable: false })
  const { tls: _, ...bare } = good
  expect((await ask(bare)).fix).toContain('RTDASH_KAFKA_TLS=true')
  const { sasl: __, ...nameless } = good
  expect((await ask(nameless)).fix).toContain('RTDASH_KAFKA_USERNAME')
  expect((await ask({ ...good, brokers: engine.brokers })).fix).toContain('one without TLS must not be asked for it')
  // Whoever wants to may do without the check.
  expect(await adminOf({ ...good, tls: { rejectUnauthorized: false } }).brokers()).toBe(1)
}, 120_000)

test('what an ACL does not allow is refused by name at once, and works once it is allowed', async () => {
  const root = adminOf(secured.login('admin'))
  await root.create(topic('private'))
  const app = secured.login('app')
  const refused = await errorOf(adminOf(app).create(topic('own')))
  expect(refused).toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED', retryable: false })
  expect(refused.message).toContain('creating topic own')
  expect(refused.fix).toContain('RTDASH_KAFKA_USERNAME')
  expect(await errorOf(adminOf(app).topics(['private']))).toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' })
  const producer = createKafkaProducer(app)
  open.push(producer)
  const sent = () => producer.send('private', [{ value: Buffer.from('a') }])
  const began = Date.now()
  expect(await errorOf(sent())).toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED', retryable: false })
  expect(Date.now() - began).toBeLessThan(30_000) // not after the time that it may take to be acknowledged
  const told: string[] = []
  const read: string[] = []
  const consumer = createKafkaConsumer(app, {
    group: 'app',
    topics: ['private'],
    fromBeginning: true,
    onError: ({ type }) => void told.push(type),
    onBatch: async ({ records }) => void read.push(...records.map(({ value }) => String(value))),
  })
  await expect.poll(() => told).toContain('GROUP_AUTHORIZATION_FAILED')
  await allow('app', ['TOPIC', 'private', 'READ'], ['TOPIC', 'private', 'WRITE'], ['GROUP', 'app', 'READ'])
  // The broker takes a moment to know of it, and the reader tries again by itself.
  await expect
    .poll(() =>
      sent().then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await expect.poll(() => read).toContain('a')
  await consumer.stop()
}, 180_000)

type Rule = readonly [resource: 'TOPIC' | 'GROUP', name: string, operation: 'READ' | 'WRITE']

/** By the driver alone: rtdash gives nobody rights. */
async function allow(user: string, ...rules: readonly Rule[]): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: engine.brokers })
  const creations = rules.map(([resource, resourceName, operation]) => ({
    resourceType: ResourceTypes[resource],
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: AclOperations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }))
  await admin.createAcls({ creations })
  await admin.close()
}
