import type { ClickHouse } from '../../clients/clickhouse.js'
import { BatchRefused } from './batch.js'
import { createClickHouseSink } from './clickhouseSink.js'
import type { Spool } from './spool.js'

export interface ResendOptions {
  readonly clickhouse: ClickHouse
  readonly spool: Spool
  readonly log: (message: string) => void
  readonly signal: AbortSignal
}

/** Sends the batches that an earlier process had under way, each under its own token: what was stored is not stored twice. */
export async function resendSpool({ clickhouse, spool, log, signal }: ResendOptions): Promise<void> {
  const sink = createClickHouseSink({ clickhouse, log, signal, onTrouble: () => {} })
  for (const batch of await spool.left()) {
    try {
      await sink.resend(batch)
      await spool.remove(batch)
    } catch (error) {
      if (!(error instanceof BatchRefused)) throw error
      log(`a batch of an earlier run was refused and is kept in ${await spool.setAside(batch)}: ${error.message}`)
    }
  }
}
