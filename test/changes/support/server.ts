import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, createClickHouse } from '../../../src/clients/clickhouse.js'
import { type EmbeddedClickHouse, startClickHouse } from '../../../src/embedded/server.js'

/** A server that can be killed and started again on the same data; `client` is always one for the server of now. */
export interface Server {
  client(): ClickHouse
  running(): EmbeddedClickHouse
  /** kill -9, then a new start. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/**
 * In memory where the system has such a folder: hundreds of projects made and dropped are a hundred thousand small
 * files, and ext4 searches long for an inode that was not freed just now.
 */
export async function startServer(): Promise<Server> {
  const dir = mkdtempSync(join(memory() ?? tmpdir(), 'rtdash-changes-'))
  let server = await startClickHouse({ dir })
  let client = createClickHouse({ ...server, connections: 40 })
  return {
    client: () => client,
    running: () => server,
    crash: async () => {
      process.kill(server.pid, 'SIGKILL')
      await server.exited
      await client.close()
      server = await startClickHouse({ dir })
      client = createClickHouse({ ...server, connections: 40 })
    },
    stop: async () => {
      await client.close()
      await server.stop()
      rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 })
    },
  }
}

function memory(): string | undefined {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return undefined
  }
}
