import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { flinkOptions, MODULE_FLAGS } from './flinkOptions.js'
import { engineFolder } from './folder.js'
import { installFlink } from './install.js'
import { loggingFlag, QUICK_START } from './java.js'
import { freePorts } from './ports.js'
import { server } from './server.js'

export interface FlinkEngine {
  /** The SQL gateway, `http://127.0.0.1:<port>`. */
  readonly gateway: string
  /** The JobManager's REST interface, `http://127.0.0.1:<port>`. */
  readonly jobmanager: string
  /** kill -9. Its jobs restart from their checkpoints when a TaskManager is there again. */
  killTaskManager(): Promise<void>
  /** Resolves when the JobManager has it. */
  startTaskManager(): Promise<void>
  /** kill -9. A JobManager without high availability forgets its jobs; their checkpoints stay. */
  killJobManager(): Promise<void>
  startJobManager(): Promise<void>
  /** kill -9. Its sessions are forgotten, jobs go on. */
  killGateway(): Promise<void>
  startGateway(): Promise<void>
  /** Ends all, and removes their folder if that was a temporary one. */
  stop(): Promise<void>
}

export interface FlinkOptions {
  /** Where checkpoints and savepoints are to stay; a temporary folder by default. */
  dir?: string
  /** Settings of the cluster, over those of flinkOptions.ts. */
  settings?: Readonly<Record<string, string>>
}

/** A JobManager, a TaskManager with eight slots and a SQL gateway, with the Kafka connector. */
export async function startFlink({ dir: wanted, settings = {} }: FlinkOptions = {}): Promise<FlinkEngine> {
  const classes = await installFlink()
  const { dir, remove } = engineFolder('flink', wanted)
  const [rest, rpc, sql] = (await freePorts(3)) as [number, number, number]
  for (const folder of ['conf', 'tmp']) mkdirSync(join(dir, folder), { recursive: true })
  const options = { ...flinkOptions({ dir, rest, rpc, sql }), ...settings }
  writeFileSync(join(dir, 'conf', 'config.yaml'), stringify(options))

  const logging = loggingFlag(dir, 'INFO', { 'org.apache.kafka': 'WARN', 'org.apache.pekko': 'WARN' })
  const jobmanager = `http://127.0.0.1:${rest}`
  const gateway = `http://127.0.0.1:${sql}`
  const java = (name: string, memory: string[], main: string[], ready: (said: string) => Promise<boolean>) =>
    server({
      name: `Flink's ${name}`,
      command: 'java',
      args: [...memory, `-Djava.io.tmpdir=${join(dir, 'tmp')}`, logging, ...MODULE_FLAGS, '-cp', classes, ...main],
      env: { FLINK_CONF_DIR: join(dir, 'conf') },
      log: join(dir, `${name}.log`),
      ready,
    })
  const config = ['--configDir', join(dir, 'conf')]
  const manager = java(
    'JobManager',
    [QUICK_START, '-Xms384m', '-Xmx384m', '-XX:MaxMetaspaceSize=256m'],
    ['org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint', ...config],
    async () => (await fetch(`${jobmanager}/overview`)).ok,
  )
  const worker = java(
    'TaskManager',
    ['-Xms640m', '-Xmx640m', '-XX:MaxDirectMemorySize=256m', '-XX:MaxMetaspaceSize=192m'],
    ['org.apache.flink.runtime.taskexecutor.TaskManagerRunner', ...config],
    async said => said.includes('Successful registration at resource manager'),
  )
  const gate = java(
    'SQL gateway',
    [QUICK_START, '-Xms128m', '-Xmx512m'],
    ['org.apache.flink.table.gateway.SqlGateway'],
    async () => (await fetch(`${gateway}/info`)).ok,
  )
  const all = [manager, worker, gate]
  const stop = async () => {
    await Promise.all(all.map(one => one.stop()))
    remove()
  }
  const started = await Promise.allSettled(all.map(one => one.start()))
  const failed = started.find(result => result.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return {
    gateway,
    jobmanager,
    killTaskManager: worker.kill,
    startTaskManager: worker.start,
    killJobManager: manager.kill,
    startJobManager: manager.start,
    killGateway: gate.kill,
    startGateway: gate.start,
    stop,
  }
}
