import type { ClickHouse } from '../../clients/clickhouse.js'
import type { FetchedRecord } from '../../clients/kafka/fetched.js'
import { SeenTable } from '../../service/ingest/seenTable.js'
import type { LoadedSource } from '../../service/load/source.js'
import { id, qualified } from '../../targets/clickhouse/text.js'

/** A record is in raw no sooner than it was written, but for clocks that differ. */
const SKEW_MS = 3_600_000
const FOREVER_S = 2 ** 31

interface Place {
  readonly topic: string
  readonly partition: number
}

/** The records that are neither in raw nor among the dead letters, by topic, partition and offset. */
export async function missingRecords(
  clickhouse: ClickHouse,
  { database, source }: LoadedSource,
  { topic, partition }: Place,
  records: readonly FetchedRecord[],
): Promise<FetchedRecord[]> {
  const params = {
    topic,
    partition,
    first: records[0]!.offset.toString(),
    last: records.at(-1)!.offset.toString(),
    since: new Date(Math.min(...records.map(({ timestamp }) => timestamp)) - SKEW_MS),
  }
  const held = new Set<string>()
  for (const [table, arrived] of [
    [source.table, 'ingested_at'],
    [source.deadLetters, 'received_at'],
  ] as const) {
    const rows = await clickhouse.query<{ o: string }>(
      `SELECT DISTINCT _offset AS o FROM ${qualified(database, table)}
       WHERE ${arrived} >= {since:DateTime64(3, 'UTC')} AND _topic = {topic:String}
         AND _topic_partition = {partition:UInt32} AND _offset BETWEEN {first:UInt64} AND {last:UInt64}`,
      params,
    )
    for (const { o } of rows) held.add(o)
  }
  return records.filter(({ offset }) => !held.has(offset.toString()))
}

/**
 * The ids that raw has of about the time of these records: one of them that is there was left out as sent twice, and is
 * no loss. Undefined where the source has no ids.
 */
export async function knownIds(
  clickhouse: ClickHouse,
  { database, source, others }: LoadedSource,
  records: readonly FetchedRecord[],
): Promise<SeenTable | undefined> {
  if (source.dedupMs === undefined) return undefined
  const times = records.map(({ timestamp }) => timestamp)
  const ids = new SeenTable(FOREVER_S)
  const now = Math.floor(Date.now() / 1000)
  const rows = await clickhouse.query<{ id: unknown }>(
    `SELECT DISTINCT ${id(source.id!)} AS id FROM ${qualified(database, source.table)}
     WHERE ingested_at >= {from:DateTime64(3, 'UTC')} AND ingested_at < {to:DateTime64(3, 'UTC')} AND _canary = 0`,
    {
      from: new Date(Math.min(...times) - source.dedupMs - SKEW_MS),
      to: new Date(Math.max(...times) + source.dedupMs + SKEW_MS),
    },
  )
  for (const row of rows) {
    const hash = others.idHash(row.id)
    if (hash) ids.claim(hash.low, hash.high, now)
  }
  return ids
}
