import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, expect, test } from 'vitest'
import { startFlink, startKafka, startRedis } from './engines.js'
import { installKafka } from './install.js'
import { QUICK_START } from './java.js'

// Each engine starts, answers, is killed and comes back with what it had. ClickHouse's turn is src/embedded's.

const started: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const engine of started.splice(0)) await engine.stop()
  expect(await engines(process.pid)).toEqual([])
})

test('Redis comes back with its keys', async () => {
  const redis = await startRedis()
  started.push(redis)
  const cli = async (...args: string[]) => (await execa('redis-cli', ['-u', redis.url, ...args])).stdout
  expect(await cli('SET', 'a', '1')).toBe('OK')
  await redis.kill()
  await expect(cli('GET', 'a')).rejects.toThrow('Connection refused')
  await redis.start()
  expect(await cli('GET', 'a')).toBe('1')
})

test('one Kafka broker comes back with its records', async () => {
  const kafka = await startKafka()
  started.push(kafka)
  await topic(kafka.brokers, ['--partitions', '2', '--replication-factor', '1'])
  await produce(kafka.brokers, ['one', 'two', 'three'])
  await kafka.kill()
  await kafka.startBroker()
  expect((await consume(kafka.brokers, 3)).sort()).toEqual(['one', 'three', 'two'])
  await kafka.stopBroker()
  await kafka.startBroker()
  await produce(kafka.brokers, ['four'])
  expect(await consume(kafka.brokers, 4)).toHaveLength(4)
}, 120_000)

test('three Kafka brokers do without one of them', async () => {
  const kafka = await startKafka({ brokers: 3 })
  started.push(kafka)
  expect(new Set(kafka.brokers).size).toBe(3)
  await topic(kafka.brokers, ['--replication-factor', '3', '--config', 'min.insync.replicas=2'])
  await produce(kafka.brokers, ['one'])
  await kafka.kill(2)
  await produce(kafka.brokers, ['two'])
  expect(await consume(kafka.brokers, 2)).toEqual(['one', 'two'])
  await kafka.startBroker(2)
  await kafka.kill(0)
  expect(await consume(kafka.brokers, 2)).toEqual(['one', 'two'])
}, 180_000)

test('Flink, with its Kafka connector, goes on from a checkpoint when its TaskManager is killed', async () => {
  // Who is gone is missed sooner than by default.
  const flink = await startFlink({ settings: { 'heartbeat.interval': '1000', 'heartbeat.timeout': '8000' } })
  started.push(flink)
  const sql = await session(flink.gateway)
  await sql("SET 'execution.checkpointing.interval' = '300 ms'")
  await sql("SET 'state.backend.type' = 'rocksdb'")
  await sql("CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100')")
  await sql("CREATE TABLE sums (k BIGINT, s BIGINT) WITH ('connector' = 'blackhole')")
  const { jobID } = await sql('INSERT INTO sums SELECT MOD(n, 10), SUM(n) FROM numbers GROUP BY MOD(n, 10)')
  const job = `${flink.jobmanager}/jobs/${jobID}`
  const checkpoints = () => get<Checkpoints>(`${job}/checkpoints`)
  await until(async () => (await checkpoints()).counts.completed > 2)
  await flink.killTaskManager()
  await flink.startTaskManager()
  await until(async () => (await checkpoints()).counts.restored > 0)
  const { completed } = (await checkpoints()).counts
  await until(async () => (await checkpoints()).counts.completed > completed)

  await flink.killGateway()
  await flink.startGateway()
  await hasConnector(flink.gateway)
  expect((await get<{ state: string }>(job)).state).toBe('RUNNING')

  await flink.killJobManager()
  await flink.startJobManager()
  await until(async () => (await get<{ 'slots-total': number }>(`${flink.jobmanager}/overview`))['slots-total'] === 8)
}, 180_000)

async function hasConnector(gateway: string): Promise<void> {
  const sql = await session(gateway)
  await sql(
    "CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:1', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json')",
  )
  const { results } = await sql('EXPLAIN SELECT a FROM t')
  expect(JSON.stringify(results)).toContain('TableSourceScan')
  await expect(sql('SELECT b FROM t')).rejects.toThrow("Column 'b' not found")
}

test('a machine without a program is told which, and how to get it', async () => {
  const { PATH } = process.env
  process.env.PATH = '/nowhere'
  try {
    await expect(startKafka()).rejects.toThrow(
      'Kafka cannot run here: java does not run. `npm run setup:tests` installs what is missing, or on Debian: apt-get install default-jre-headless',
    )
    await expect(startRedis()).rejects.toThrow(/^Redis cannot run here: redis-server does not run\. .*redis-server$/)
  } finally {
    process.env.PATH = PATH
  }
})

test('an engine ends with the process that started it, however that ends', async () => {
  const engine = fileURLToPath(new URL('./engines.ts', import.meta.url))
  const program = `import(${JSON.stringify(engine)}).then(async e => { await e.startRedis(); console.log('started') })`
  const parent = execFile(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  await once(createInterface({ input: parent.stdout! }), 'line')
  const [redis] = await engines(parent.pid!)
  expect(redis?.name).toBe('redis-server')
  parent.kill('SIGKILL')
  await until(async () => (await execa('ps', ['-p', redis!.pid], { reject: false })).failed)
})

/** The engines that are children of a process. */
async function engines(parent: number): Promise<{ pid: string; name: string }[]> {
  const { stdout } = await execa('ps', ['--ppid', String(parent), '-o', 'pid=,comm='], { reject: false })
  return [...stdout.matchAll(/(\d+) (java|redis-server)\b/g)].map(([, pid, name]) => ({ pid: pid!, name: name! }))
}

/** Kafka's own tools, so that no client of ours stands between the test and the engine. */
async function kafkaTool(name: string, args: string[], input = ''): Promise<string> {
  const java = [QUICK_START, '-cp', await installKafka(), `org.apache.kafka.tools.${name}`]
  const { stdout } = await execa('java', [...java, ...args], { input, stderr: 'ignore' })
  return stdout
}

const topic = (brokers: string[], args: string[]) =>
  kafkaTool('TopicCommand', ['--bootstrap-server', brokers.join(), '--create', '--topic', 't', ...args])

const produce = (brokers: string[], lines: string[]) =>
  kafkaTool('ConsoleProducer', ['--bootstrap-server', brokers.join(), '--topic', 't'], `${lines.join('\n')}\n`)

async function consume(brokers: string[], count: number): Promise<string[]> {
  const limits = ['--from-beginning', '--max-messages', String(count), '--timeout-ms', '30000']
  const text = await kafkaTool('consumer.ConsoleConsumer', [
    '--bootstrap-server',
    brokers.join(),
    '--topic',
    't',
    ...limits,
  ])
  return text.split('\n').filter(line => line !== '')
}

interface Checkpoints {
  readonly counts: { readonly completed: number; readonly restored: number }
}

interface Result {
  readonly resultType: string
  readonly jobID?: string
  readonly results?: unknown
}

/** A session of the SQL gateway: runs a statement, and throws what the gateway says against it. */
async function session(gateway: string): Promise<(statement: string) => Promise<Result>> {
  const post = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${gateway}/v1/sessions${path}`, { method: 'POST', body: JSON.stringify(body) })
    return (await response.json()) as T
  }
  const { sessionHandle } = await post<{ sessionHandle: string }>('', {})
  return async statement => {
    const { operationHandle } = await post<{ operationHandle: string }>(`/${sessionHandle}/statements`, { statement })
    for (;;) {
      const path = `/v1/sessions/${sessionHandle}/operations/${operationHandle}/result/0?rowFormat=JSON`
      const result = await get<Result>(gateway + path)
      if (result.resultType !== 'NOT_READY') return result
    }
  }
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}

/** Waits for as long as the test may take. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 100))
}
