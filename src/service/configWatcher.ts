import { type ClickHouse, ClickHouseError } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import type { ServiceConfig } from '../model/serviceConfig.js'
import { names } from '../naming.js'
import type { Log } from './options.js'

const POLL_MS = 500

/** What is known of the configuration in the database. */
export interface ConfigWatcher {
  config(): ServiceConfig | undefined
  /** Whether the database answered at the last look. */
  reachable(): boolean
  /** First look, then one each 500 ms; calls back when the configuration is another one. */
  start(onChange: (config: ServiceConfig | undefined) => void): Promise<void>
  stop(): void
}

/** Follows the newest row of `_rtdash_config`. While the database is away the configuration in force stays. */
export function watchConfig(db: ClickHouse, database: string, log: Log): ConfigWatcher {
  let config: ServiceConfig | undefined
  let reachable = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let complaint = ''

  const newest = <T>(column: 'hash' | 'config') =>
    db.query<T>(
      `SELECT ${column} FROM {db:Identifier}.{table:Identifier} ORDER BY applied_at DESC LIMIT 1`,
      { db: database, table: names.config },
      { signal: AbortSignal.timeout(5000) },
    )

  async function look(onChange: (config: ServiceConfig | undefined) => void): Promise<void> {
    try {
      const hash = (await newest<{ hash: string }>('hash'))[0]?.hash
      reachable = true
      if (hash === config?.hash || stopped) return
      const text = hash === undefined ? undefined : (await newest<{ config: string }>('config'))[0]?.config
      config = text === undefined ? undefined : (JSON.parse(text) as ServiceConfig)
      complaint = ''
    } catch (error) {
      const absent = isAbsent(error)
      reachable = absent || !(error instanceof ClickHouseError && error.code === 0)
      if (!absent) complainOnce(error)
      if (!absent || config === undefined) return
      config = undefined
    }
    if (!stopped) onChange(config)
  }

  function complainOnce(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (message !== complaint && !stopped) log(`configuration: ${message}`)
    complaint = message
  }

  return {
    config: () => config,
    reachable: () => reachable,
    start: async onChange => {
      const again = (): void => {
        if (!stopped) timer = setTimeout(() => void look(onChange).then(again), POLL_MS)
      }
      await look(onChange)
      again()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
