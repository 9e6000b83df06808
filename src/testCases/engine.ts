import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, createClickHouse } from '../clients/clickhouse.js'
import { startClickHouse } from '../embedded/server.js'

/** An embedded server of its own in a temporary folder, gone afterwards. A running local stack is not touched. */
export async function withEngine<T>(use: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'rtdash-test-'))
  try {
    const server = await startClickHouse({ dir })
    const clickhouse = createClickHouse(server)
    try {
      return await use(clickhouse)
    } finally {
      await clickhouse.close()
      await server.stop()
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
