import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FlinkError } from '../../src/clients/flink/rest.js'
import { createFlinkClient } from '../../src/clients/flink.js'
import type { FlinkJobSpec } from '../../src/model/resource.js'
import { MODULE_FLAGS } from './flinkOptions.js'
import { installFlink } from './install.js'
import { loggingFlag, QUICK_START } from './java.js'
import { freePorts } from './ports.js'
import { server } from './server.js'

export interface Planner {
  /** What Flink's own planner says against a job's statements: one line for each that it refuses. */
  refusals(job: FlinkJobSpec): Promise<string[]>
  stop(): Promise<void>
}

/** The SQL gateway alone: it plans without a cluster. */
export async function startPlanner(): Promise<Planner> {
  const classes = await installFlink()
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-planner-'))
  const [port] = (await freePorts(1)) as [number]
  mkdirSync(join(dir, 'conf'))
  const name = 'sql-gateway.endpoint.rest'
  const options = { address: '127.0.0.1', 'bind-address': '127.0.0.1', port, 'bind-port': port }
  const lines = Object.entries(options).map(([key, value]) => `${name}.${key}: ${value}\n`)
  writeFileSync(join(dir, 'conf', 'config.yaml'), ['rest.address: 127.0.0.1\n', ...lines].join(''))
  const url = `http://127.0.0.1:${port}`
  const gateway = server({
    name: "Flink's SQL gateway",
    command: 'java',
    args: [
      ...[QUICK_START, '-Xms128m', '-Xmx512m', loggingFlag(dir, 'WARN', {}), ...MODULE_FLAGS, '-cp', classes],
      'org.apache.flink.table.gateway.SqlGateway',
    ],
    env: { FLINK_CONF_DIR: join(dir, 'conf') },
    log: join(dir, 'gateway.log'),
    ready: async () => (await fetch(`${url}/info`)).ok,
  })
  await gateway.start()
  const flink = createFlinkClient({ gateway: url })
  return {
    refusals: job =>
      flink.session(async session => {
        const refused: string[] = []
        for (const statement of [...job.tables, ...job.inserts.map(insert => `EXPLAIN ${insert}`)])
          await session.run(statement).catch(error => {
            if (!(error instanceof FlinkError)) throw error
            refused.push(`${error.message} in ${statement}`)
          })
        return refused
      }),
    stop: async () => {
      await gateway.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
