import { join } from 'node:path'

/** The cluster's configuration: small, on 127.0.0.1 alone, with checkpoints below the folder. */
export function flinkOptions(at: { dir: string; rest: number; rpc: number; sql: number }): Record<string, string> {
  const host = '127.0.0.1'
  return {
    'jobmanager.rpc.address': host,
    'jobmanager.rpc.port': String(at.rpc),
    'jobmanager.bind-host': host,
    'taskmanager.bind-host': host,
    'taskmanager.host': host,
    'rest.address': host,
    'rest.bind-address': host,
    'rest.port': String(at.rest),
    'sql-gateway.endpoint.rest.address': host,
    'sql-gateway.endpoint.rest.bind-address': host,
    'sql-gateway.endpoint.rest.port': String(at.sql),
    'sql-gateway.endpoint.rest.bind-port': String(at.sql),

    'taskmanager.numberOfTaskSlots': '8',
    'parallelism.default': '1',
    'jobmanager.memory.process.size': '1g',
    // The parts add up to what the TaskManager's Java is started with: 640 MB of heap, 256 MB beside it.
    'taskmanager.cpu.cores': '2.0',
    'taskmanager.memory.framework.heap.size': '128m',
    'taskmanager.memory.framework.off-heap.size': '64m',
    'taskmanager.memory.task.heap.size': '512m',
    'taskmanager.memory.task.off-heap.size': '0m',
    'taskmanager.memory.managed.size': '128m',
    'taskmanager.memory.network.min': '64m',
    'taskmanager.memory.network.max': '64m',
    'taskmanager.memory.jvm-metaspace.size': '192m',
    'taskmanager.memory.jvm-overhead.min': '128m',
    'taskmanager.memory.jvm-overhead.max': '128m',

    'execution.checkpointing.dir': `file://${join(at.dir, 'checkpoints')}`,
    'execution.checkpointing.savepoint-dir': `file://${join(at.dir, 'savepoints')}`,
    'io.tmp.dirs': join(at.dir, 'tmp'),
    // A record leaves after 5 ms at most, not after 100: two thirds of the latency of a small job.
    'execution.buffer-timeout.interval': '5 ms',
    // REST answers are as old as this; it is 3 s otherwise.
    'web.refresh-interval': '100',
    'metrics.fetcher.update-interval': '500',
    // A killed TaskManager is missed sooner than after the 50 s of the default.
    'heartbeat.interval': '3000',
    // On a machine that others use as well a first job may take longer to deploy than the 10 s that it gets otherwise.
    'pekko.ask.timeout': '60 s',
    'heartbeat.timeout': '15000',
  }
}

/** What Flink's own scripts open of Java's modules. */
export const MODULE_FLAGS: readonly string[] = [
  ...['java.rmi/sun.rmi.registry', 'jdk.compiler/com.sun.tools.javac.api', 'java.security.jgss/sun.security.krb5'].map(
    name => `--add-exports=${name}=ALL-UNNAMED`,
  ),
  ...[
    'java.lang',
    'java.net',
    'java.io',
    'java.nio',
    'sun.nio.ch',
    'java.lang.reflect',
    'java.text',
    'java.time',
    'java.util',
    'java.util.concurrent',
    'java.util.concurrent.atomic',
    'java.util.concurrent.locks',
  ].map(name => `--add-opens=java.base/${name}=ALL-UNNAMED`),
]
