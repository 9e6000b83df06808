import type { ClickHouse } from '../../clients/clickhouse.js'
import { id, qualified } from '../../targets/clickhouse/text.js'
import { insertEnded } from '../ingest/insertEnded.js'
import type { SeenTable } from '../ingest/seenTable.js'
import { batchId } from './intent.js'
import type { LoadedSource } from './source.js'

const DAY = 86_400_000
const PIECE = 200_000

const tableOf = ({ database, source, letters }: LoadedSource): { name: string; arrived: string } => ({
  name: qualified(database, letters ? source.deadLetters : source.table),
  arrived: letters ? 'received_at' : 'ingested_at',
})

/** Offsets of a batch that raw has, once no INSERT of it is running any more; undefined where it has none. */
export async function storedOffsets(
  clickhouse: ClickHouse,
  loaded: LoadedSource,
  token: string,
  at: number,
  signal: AbortSignal,
): Promise<ReadonlySet<number> | undefined> {
  if (loaded.letters) return undefined
  await insertEnded(clickhouse, token, signal)
  const rows = await clickhouse.query<{ o: string }>(
    `SELECT _offset AS o FROM ${tableOf(loaded).name}
     WHERE ingested_at >= {from:DateTime64(3, 'UTC')} AND _batch = {batch:UInt64}`,
    { from: new Date(at - DAY), batch: batchId(token).toString() },
  )
  return rows.length === 0 ? undefined : new Set(rows.map(({ o }) => Number(o)))
}

/** The highest offset of a partition that is stored although it is not committed. */
export async function newestStored(
  clickhouse: ClickHouse,
  loaded: LoadedSource,
  topic: string,
  partition: number,
  from: bigint,
): Promise<bigint | undefined> {
  const [row] = await clickhouse.query<{ n: string; newest: string }>(
    `SELECT count() AS n, max(_offset) AS newest FROM ${tableOf(loaded).name}
     WHERE _topic = {topic:String} AND _topic_partition = {partition:UInt32} AND _offset >= {from:UInt64}`,
    { topic, partition, from: from.toString() },
  )
  return row && row.n !== '0' ? BigInt(row.newest) : undefined
}

/** Reads the ids of a partition's events of the last `dedup` from raw. */
export async function refillPartition(
  clickhouse: ClickHouse,
  loaded: LoadedSource,
  topic: string,
  partition: number,
  ids: SeenTable,
): Promise<void> {
  const { source, others } = loaded
  let after = -1n
  for (;;) {
    const rows = await clickhouse.query<{ id: unknown; s: number; o: string }>(
      `SELECT ${id(source.id!)} AS id, toUnixTimestamp(ingested_at) AS s, _offset AS o FROM ${tableOf(loaded).name}
       WHERE ingested_at >= {from:DateTime64(3, 'UTC')} AND _topic = {topic:String} AND _topic_partition = {partition:UInt32}
         AND _canary = 0 AND _offset > {after:Int128} ORDER BY _offset LIMIT ${PIECE}`,
      { from: new Date(Date.now() - source.dedupMs!), topic, partition, after: after.toString() },
    )
    for (const { id, s } of rows) {
      const hash = others.idHash(id)
      if (hash) ids.claim(hash.low, hash.high, s)
    }
    if (rows.length < PIECE) return
    after = BigInt(rows.at(-1)!.o)
  }
}
