import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { engineFolder } from './folder.js'
import { installKafka } from './install.js'
import { loggingFlag, QUICK_START } from './java.js'
import { accepts, freePorts } from './ports.js'
import { type Secured, secure } from './secured.js'
import { type Server, server } from './server.js'

export interface KafkaEngine {
  /** host:port of each broker. */
  readonly brokers: string[]
  /** With `secured`: a second way in, by TLS and with a login. Who comes in by the first one may do everything. */
  readonly secured?: Secured
  /** kill -9 of a broker, the first if none is named. */
  kill(broker?: number): Promise<void>
  /** Ends a broker cleanly. */
  stopBroker(broker?: number): Promise<void>
  /** Starts a killed or stopped broker again, with its data. */
  startBroker(broker?: number): Promise<void>
  /** Ends all, and removes their folder if that was a temporary one. */
  stop(): Promise<void>
}

export interface KafkaOptions {
  /** One by default. */
  brokers?: 1 | 3
  /** Where the data are to stay; a temporary folder by default. */
  dir?: string
  /** One broker that also listens by TLS, lets in the accounts of secured.ts, and gives them what ACLs allow. */
  secured?: boolean
}

interface Broker {
  readonly id: number
  readonly dir: string
  readonly port: number
  readonly controllerPort: number
  readonly secured?: Secured
}

/** Kafka without ZooKeeper: every broker is a controller as well. Topics are not made by using them. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaEngine> {
  const { brokers: count = 1, dir: wanted } = options
  const classes = await installKafka()
  const { dir, remove } = engineFolder('kafka', wanted)
  const secured = options.secured ? await secure(dir) : undefined
  const ports = await freePorts(2 * count)
  const brokers = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    dir: join(dir, `broker-${index + 1}`),
    port: ports[2 * index]!,
    controllerPort: ports[2 * index + 1]!,
    ...(secured && { secured }),
  }))
  const servers = await Promise.all(brokers.map(broker => prepare(broker, brokers, classes)))
  // Without a quorum none is ready, so all start and, lest one waits for the others, stop at once.
  const stop = async () => {
    await Promise.all(servers.map(broker => broker.stop()))
    remove()
  }
  const started = await Promise.allSettled(servers.map(broker => broker.start()))
  const failed = started.find(result => result.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return {
    brokers: brokers.map(({ port }) => `127.0.0.1:${port}`),
    ...(secured && { secured }),
    kill: (broker = 0) => servers[broker]!.kill(),
    stopBroker: (broker = 0) => servers[broker]!.stop(),
    startBroker: (broker = 0) => servers[broker]!.start(),
    stop,
  }
}

/** Writes a broker's configuration and formats its storage. */
async function prepare(broker: Broker, all: readonly Broker[], classes: string): Promise<Server> {
  mkdirSync(broker.dir, { recursive: true })
  const properties = join(broker.dir, 'server.properties')
  writeFileSync(properties, serverProperties(broker, all))
  const logging = loggingFlag(broker.dir, 'WARN', { 'kafka.server.KafkaRaftServer': 'INFO' })
  const java = [QUICK_START, logging, '-cp', classes]
  if (!existsSync(join(broker.dir, 'logs', 'meta.properties')))
    await execa('java', [
      ...java,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      CLUSTER,
      '-c',
      properties,
      ...(broker.secured?.format ?? []),
    ])

  const heap = all.length > 1 ? 320 : 512
  return server({
    name: `Kafka broker ${broker.id}`,
    command: 'java',
    args: [`-Xms${heap}m`, `-Xmx${heap}m`, '-XX:MaxGCPauseMillis=20', ...java, 'kafka.Kafka', properties],
    log: join(broker.dir, 'kafka.log'),
    ready: async said => said.includes('Kafka Server started') && (await accepts(broker.port)),
  })
}

/** Any name of 22 characters of base 64. */
const CLUSTER = 'rtdashrtdashrtdashrtdA'

function serverProperties({ id, dir, port, controllerPort, secured }: Broker, all: readonly Broker[]): string {
  const copies = all.length
  const inSync = copies > 1 ? 2 : 1
  const internal = (name: string, partitions: number) => ({
    [`${name}.replication.factor`]: copies,
    [`${name}.num.partitions`]: partitions,
  })
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': all.map(other => `${other.id}@127.0.0.1:${other.controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(dir, 'logs'),
    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    ...internal('offsets.topic', 4),
    ...internal('transaction.state.log', 4),
    'transaction.state.log.min.isr': inSync,
    ...internal('share.coordinator.state.topic', 1),
    'share.coordinator.state.topic.min.isr': inSync,
    // A killed broker is let in again when its session is over; it is 9 s otherwise.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 2,
  }
  const more = secured?.settings(settings) ?? {}
  return Object.entries({ ...settings, ...more })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}
