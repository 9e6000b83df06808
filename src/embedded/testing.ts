import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, createClickHouse } from '../clients/clickhouse.js'
import { type EmbeddedClickHouse, startClickHouse } from './server.js'

export interface TestClickHouse {
  /** The folder given to startClickHouse. */
  dir: string
  server: EmbeddedClickHouse
  client: ClickHouse
  stop(): Promise<void>
}

/**
 * A server of its own in a temporary folder, and a client for it. Once per test file:
 * `let ch: TestClickHouse; beforeAll(async () => { ch = await testClickHouse() }); afterAll(() => ch.stop())`.
 */
export async function testClickHouse(): Promise<TestClickHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'rtdash-test-'))
  const server = await startClickHouse({ dir })
  const client = createClickHouse(server)
  const stop = async () => {
    await client.close()
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  return { dir, server, client, stop }
}
