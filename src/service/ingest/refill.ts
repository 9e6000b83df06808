import type { ClickHouse } from '../../clients/clickhouse.js'
import { isAbsent } from '../../clients/clickhouseError.js'
import type { SourceConfig } from '../../model/serviceConfig.js'
import { id, qualified } from '../../targets/clickhouse/text.js'
import type { EventDecoder } from './eventDecoder.js'
import type { SeenTable } from './seenTable.js'

const DAY_S = 86_400
const HOUR_S = 3600
/** Rows of one answer: read in pieces, so that memory stays small. */
const PIECE = 100_000

/** Reads the ids of the last `dedup` from raw into `ids`. */
export async function refillIds(
  clickhouse: ClickHouse,
  database: string,
  source: SourceConfig,
  decoder: EventDecoder,
  ids: SeenTable,
): Promise<void> {
  const table = qualified(database, source.table)
  const from = Math.floor(Date.now() / 1000) - Math.ceil(source.dedupMs! / 1000)
  const seconds = await orNothing(() =>
    clickhouse.query<{ s: string; n: string }>(
      `SELECT toUnixTimestamp(ingested_at) AS s, count() AS n FROM ${table}
       WHERE ingested_at >= toDateTime64({from:UInt32}, 3, 'UTC') AND _canary = 0 GROUP BY s ORDER BY s`,
      { from },
    ),
  )
  for (const { first, last } of pieces(seconds)) {
    const rows = await clickhouse.query<{ id: unknown; s: number }>(
      `SELECT ${id(source.id!)} AS id, toUnixTimestamp(ingested_at) AS s FROM ${table}
       WHERE ingested_at >= toDateTime64({first:UInt32}, 3, 'UTC') AND ingested_at < toDateTime64({end:UInt32}, 3, 'UTC') AND _canary = 0`,
      { first, end: last + 1 },
    )
    for (const row of rows) {
      const hash = decoder.idHash(row.id)
      if (hash) ids.claim(hash.low, hash.high, row.s)
    }
  }
}

function pieces(seconds: readonly { s: string; n: string }[]): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = []
  let rows = PIECE
  for (const { s, n } of seconds) {
    if (rows + Number(n) > PIECE) {
      found.push({ first: Number(s), last: Number(s) })
      rows = 0
    }
    found.at(-1)!.last = Number(s)
    rows += Number(n)
  }
  return found
}

/** Reads the Idempotency-Keys of the last day, with how many events each stored and rejected, into `keys`. */
export async function refillKeys(
  clickhouse: ClickHouse,
  database: string,
  source: SourceConfig,
  keys: SeenTable,
): Promise<void> {
  const from = Math.floor(Date.now() / 1000) - DAY_S
  const all = (range: string) => `
    SELECT _key AS k, toUnixTimestamp(ingested_at) AS s, 1 AS stored, 0 AS rejected
    FROM ${qualified(database, source.table)} WHERE ${range.replaceAll('AT', 'ingested_at')} AND _key != 0
    UNION ALL
    SELECT _key, toUnixTimestamp(received_at), 0, 1
    FROM ${qualified(database, source.deadLetters)} WHERE ${range.replaceAll('AT', 'received_at')} AND _key != 0`
  const hours = await orNothing(() =>
    clickhouse.query<{ hour: number }>(
      `SELECT DISTINCT intDiv(s, ${HOUR_S}) AS hour FROM (${all("AT >= toDateTime64({from:UInt32}, 3, 'UTC')")})`,
      { from },
    ),
  )
  for (const { hour } of hours) {
    const rows = await clickhouse.query<{ k: string; s: number; stored: string; rejected: string }>(
      `SELECT k, max(s) AS s, sum(stored) AS stored, sum(rejected) AS rejected
       FROM (${all("AT >= toDateTime64({from:UInt32}, 3, 'UTC') AND AT < toDateTime64({end:UInt32}, 3, 'UTC')")}) GROUP BY k`,
      { from: hour * HOUR_S, end: (hour + 1) * HOUR_S },
    )
    for (const row of rows) {
      const key = BigInt(row.k)
      keys.claim(Number(key & 0xffffffffn), Number(key >> 32n), row.s, Number(row.stored), Number(row.rejected))
    }
  }
}

/** A table that is not there yet has nothing to remember. */
async function orNothing<T>(query: () => Promise<T[]>): Promise<T[]> {
  try {
    return await query()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
