import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type EmbeddedClickHouse, startClickHouse } from '../../src/embedded/server.js'
import { type Run, rtdash } from '../support/rtdash.js'
import { openDoor } from './door.js'
import { type FlinkEngine, type KafkaEngine, type RedisEngine, startFlink, startKafka, startRedis } from './engines.js'
import { freePorts } from './ports.js'
import { type Server, server } from './server.js'

/** Processes of the service by what they do, as compose.yaml has them. */
const NODES = { back: 'load,publish', first: 'ingest,push', second: 'ingest,push' } as const
type NodeName = keyof typeof NODES

/** The storefront on the real engines, its service in three processes from the packed package. */
export interface Pipeline {
  readonly dir: string
  readonly kafka: KafkaEngine
  readonly flink: FlinkEngine
  readonly redis: RedisEngine
  /** Comes back at the same address. */
  readonly clickhouse: { readonly url: string; kill(): Promise<void>; start(): Promise<void> }
  readonly nodes: Readonly<Record<NodeName, Server & { readonly url: string; readonly log: string }>>
  /** The program with the target `real`, and what it needs in its environment. */
  run(...args: string[]): Promise<Run>
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>
  /** Changes metrics.yaml; every text must be there. */
  edit(...changes: readonly (readonly [from: string, to: string])[]): void
  startNodes(): Promise<void>
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** SLAs that two busy cores can hold. */
const PATIENT = 'sla: { latency: 2m, query: 5s, lag: 30s }'

const TARGET = `
  real:
    kafka: { brokers: "\${KAFKA_BROKERS}" }
    flink: { gateway: "\${FLINK_GATEWAY}", jobmanager: "\${FLINK_JOBMANAGER}" }
    clickhouse: { url: "\${CLICKHOUSE_URL}" }
    redis: { url: "\${REDIS_URL}" }
    push: { url: "\${PUSH_URL}" }
`

/** Starts the engines from nothing; the service's folder is compiled and installed, its processes wait for startNodes(). */
export async function startPipeline(change: (file: string) => string = file => file): Promise<Pipeline> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-pipeline-'))
  const [kafka, flink, redis, clickhouse] = await Promise.all([
    startKafka(),
    startFlink(),
    startRedis(),
    movingClickHouse(join(dir, 'clickhouse')),
  ])
  const ports = await freePorts(3)
  const urls = ports.map(port => `http://127.0.0.1:${port}`)
  const env = {
    KAFKA_BROKERS: kafka.brokers.join(),
    FLINK_GATEWAY: flink.gateway,
    FLINK_JOBMANAGER: flink.jobmanager,
    CLICKHOUSE_URL: clickhouse.url,
    REDIS_URL: redis.url,
    PUSH_URL: urls[1]!,
  }
  const text = readFileSync(join(root, 'examples/storefront/metrics.yaml'), 'utf8')
  const alone = text.replace('partitions: 12', 'partitions: 4\n    replication: 1')
  const file = alone.replace(/ +sla: .*\n/g, '').replaceAll(/^ {4}tier: .*$/gm, `$&\n    ${PATIENT}`)
  writeFileSync(join(dir, 'metrics.yaml'), change(file.trimEnd() + TARGET))
  const run = (...args: string[]) => rtdash([...args, '-t', 'real'], { cwd: dir, env })
  const json = async <T>(...args: string[]) => {
    const { stdout, stderr } = await run(...args, '--json')
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as T
  }
  await install(dir, run)
  const node = (name: NodeName, index: number) => {
    mkdirSync(join(dir, name), { recursive: true })
    const log = join(dir, name, 'log')
    const options = { PORT: String(ports[index]), ROLES: NODES[name], STATE_DIR: join(dir, name) }
    const running = server({
      name,
      // What `npm start` there runs; npm itself would not hand a signal on.
      command: process.execPath,
      args: [join(dir, 'build/push-service/server.js')],
      env: { ...env, ...options },
      log,
      ready: async () => {
        const answer = await fetch(`${urls[index]}/readyz`)
        return answer.ok && ((await answer.json()) as { config: string | null }).config !== null
      },
    })
    return Object.assign(running, { url: urls[index]!, log })
  }
  const nodes = { back: node('back', 0), first: node('first', 1), second: node('second', 2) }
  return {
    dir,
    kafka,
    flink,
    redis,
    clickhouse,
    nodes,
    run,
    json,
    edit: (...changes) => {
      let text = readFileSync(join(dir, 'metrics.yaml'), 'utf8')
      for (const [from, to] of changes) {
        if (!text.includes(from)) throw new Error(`metrics.yaml does not hold ${from}`)
        text = text.replace(from, to)
      }
      writeFileSync(join(dir, 'metrics.yaml'), text)
    },
    startNodes: async () => {
      await Promise.all(Object.values(nodes).map(one => one.start()))
    },
    stop: async () => {
      await Promise.all(Object.values(nodes).map(one => one.stop()))
      await Promise.all([kafka.stop(), flink.stop(), redis.stop(), clickhouse.stop()])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The generated folder, as its README says, with this package as it would be published. */
async function install(dir: string, run: (...args: string[]) => Promise<Run>): Promise<void> {
  const { code, stderr } = await run('compile')
  if (code !== 0) throw new Error(stderr)
  const packed = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], { cwd: root })
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  const service = execa({ cwd: join(dir, 'build/push-service'), env: { NODE_ENV: undefined } })
  await service`npm install --package-lock-only --prefer-offline --no-audit --no-fund ${join(dir, filename)}`
  // A registry that lacks the package of another platform makes npm leave it out of the lock.
  await service`node ${join(root, 'scripts/complete-lock.js')}`
  await service`npm ci --omit=dev --prefer-offline --no-audit --no-fund`
}

async function movingClickHouse(dir: string) {
  const door = await openDoor()
  let running: EmbeddedClickHouse | undefined
  const start = async () => {
    running = await startClickHouse({ dir })
    door.leadTo(Number(new URL(running.url).port))
    return running
  }
  const { username, password } = await start()
  return {
    url: `http://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${door.port}`,
    start: async () => void (await start()),
    kill: async () => {
      door.leadTo(undefined)
      if (running === undefined) return
      process.kill(running.pid, 'SIGKILL')
      await running.exited
      running = undefined
    },
    stop: async () => {
      await running?.stop()
      await door.close()
    },
  }
}
