import type { ClickHouse } from '../../clients/clickhouse.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import type { Canary } from '../update.js'
import { instantText } from './asof.js'

const RECENT_MS = 60_000
const CHECK_MS = 1000

/** Finds canaries of a source, and asks nothing of the database but once a second while there are none. */
export interface Canaries {
  /** The newest canary before the instant; one query for all metrics of the same source and instant. */
  before(source: SourceConfig, asof: number): Promise<Canary | undefined>
}

interface Watched {
  checkedAt: number
  checked: Promise<void>
  active: boolean
  asof: number
  found: Promise<Canary | undefined>
}

/** A source counts as active for a minute after its newest canary. Failures are silent: a canary is only a measurement. */
export function createCanaries(db: ClickHouse, database: string): Canaries {
  const sources = new Map<string, Watched>()

  async function check(source: SourceConfig, watched: Watched): Promise<void> {
    const rows = await db.query<{ n: number }>(
      'SELECT toUInt8(count() > 0) AS n FROM {db:Identifier}.{table:Identifier} WHERE ingested_at > {since:DateTime64(3)}',
      { db: database, table: source.canaries, since: instantText(Date.now() - RECENT_MS) },
      { settings: { session_timezone: 'UTC' } },
    )
    watched.active = rows[0]?.n === 1
  }

  async function find(source: SourceConfig, asof: number): Promise<Canary | undefined> {
    const rows = await db.query<{ sent: string; ingested: string }>(
      `SELECT toUnixTimestamp64Milli(sent) AS sent, toUnixTimestamp64Milli(ingested_at) AS ingested
       FROM {db:Identifier}.{table:Identifier} WHERE ts < {asof:DateTime64(3, 'UTC')} ORDER BY ts DESC LIMIT 1`,
      { db: database, table: source.canaries, asof: instantText(asof) },
    )
    const row = rows[0]
    return row && { sent: Number(row.sent), ingested: Number(row.ingested), queried: Date.now() }
  }

  return {
    before: async (source, asof) => {
      const now = Date.now()
      let watched = sources.get(source.name)
      if (!watched) {
        watched = {
          checkedAt: 0,
          checked: Promise.resolve(),
          active: false,
          asof: 0,
          found: Promise.resolve(undefined),
        }
        sources.set(source.name, watched)
      }
      if (now - watched.checkedAt >= CHECK_MS) {
        watched.checkedAt = now
        watched.checked = check(source, watched).catch(() => {})
      }
      // The first canary counts for the refresh that finds it: a slow metric's next one may be minutes away.
      if (!watched.active) await watched.checked
      if (!watched.active) return undefined
      if (watched.asof !== asof) {
        watched.asof = asof
        watched.found = find(source, asof).catch(() => undefined)
      }
      return watched.found
    },
  }
}
