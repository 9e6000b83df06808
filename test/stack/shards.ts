import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, createClickHouse } from '../../src/clients/clickhouse.js'
import { configXml, usersXml } from '../../src/embedded/configuration.js'
import { type EngineProcess, startEngine } from '../../src/embedded/process.js'
import { freePorts } from './ports.js'

/** Two servers that know each other as the shards of the cluster `main`. */
export interface Shards {
  /** One client for each shard. */
  readonly clients: readonly [ClickHouse, ClickHouse]
  readonly connections: readonly { url: string; username: string; password: string }[]
  stop(): Promise<void>
}

const SECRET = {
  username: 'rtdash',
  password: 'between-the-shards',
  reader: { username: 'rtdash_reader', password: 'reader' },
}

/** Embedded servers with their TCP interface open, by which Distributed tables reach the other shard. */
export async function startShards(): Promise<Shards> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-shards-'))
  const ports = await freePorts(2)
  const engines: EngineProcess[] = []
  const clients: ClickHouse[] = []
  const connections: Shards['connections'][number][] = []
  const stop = async () => {
    for (const client of clients) await client.close()
    await Promise.all(engines.map(engine => engine.stop()))
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    for (const [shard, port] of ports.entries()) {
      const run = join(dir, `shard-${shard + 1}`)
      const files = { config: join(run, 'config.xml'), data: join(run, 'data'), run }
      mkdirSync(files.data, { recursive: true })
      writeFileSync(
        files.config,
        configXml(run).replace('</clickhouse>', `${settings(ports, port, shard)}</clickhouse>`),
      )
      writeFileSync(join(run, 'users.xml'), usersXml(SECRET))
      const engine = await startEngine(files)
      engines.push(engine)
      const { username, password } = SECRET
      const connection = { url: `http://127.0.0.1:${engine.port}`, username, password }
      const client = createClickHouse(connection)
      connections.push(connection)
      clients.push(client)
      await client.command('SYSTEM START LISTEN TCP')
    }
    return { clients: clients as [ClickHouse, ClickHouse], connections, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function settings(ports: readonly number[], own: number, shard: number): string {
  const { username, password } = SECRET
  const replica = (port: number) =>
    `<shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>${port}</port>` +
    `<user>${username}</user><password>${password}</password></replica></shard>`
  return (
    `<tcp_port>${own}</tcp_port><remote_servers><main>${ports.map(replica).join('')}</main></remote_servers>` +
    `<macros><shard>${shard + 1}</shard><replica>1</replica></macros>`
  )
}
