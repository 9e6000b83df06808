import type { ClickHouse } from '../clients/clickhouse.js'
import type { KafkaAdmin } from '../clients/kafka/admin.js'
import { groupLag } from '../clients/kafka/lag.js'
import type { SourceConfig } from '../model/serviceConfig.js'
import { names, rawColumns } from '../naming.js'
import { counters, countersNow, type FrontDoors } from './frontDoors.js'
import type { IngestState, ServiceState } from './service.js'

/** The state of the pipeline at one moment of the run. */
export interface Snapshot {
  readonly service: ServiceState
  readonly counts: ReadonlyMap<string, Counts>
  /** For each table and partition the number of its newest block: it grows with every insert, and with nothing else. */
  readonly blocks: ReadonlyMap<string, number>
}

/** Rows stored, between two readings of what ingest had acknowledged. */
export interface Counts {
  readonly earlier: IngestState
  /** Events of `earlier` that may not have been stored yet, as they wait in their topic. */
  readonly waiting: number
  readonly rows: number
  readonly later: IngestState
}

interface Parts {
  readonly clickhouse: ClickHouse
  readonly database: string
  readonly doors: FrontDoors
  readonly kafka?: KafkaAdmin | undefined
  readonly project: string
  readonly sources: readonly SourceConfig[]
  /** Rows are counted from here on, epoch ms by ClickHouse's clock. */
  readonly since: number
}

export async function takeSnapshot(parts: Parts): Promise<Snapshot> {
  const earlier = await counters(parts.doors)
  const waiting = await Promise.all(parts.sources.map(source => inTopic(parts, source)))
  const [rows, blocks] = await Promise.all([countRows(parts), newestBlocks(parts)])
  const [later, service] = await Promise.all([countersNow(parts.doors), parts.doors.status()])
  const counts = parts.sources.map(
    ({ name }, i) =>
      [
        name,
        { earlier: ingestOf(earlier, name), waiting: waiting[i]!, rows: rows[i]!, later: ingestOf(later, name) },
      ] as const,
  )
  return { service, counts: new Map(counts), blocks }
}

/** ClickHouse's own time, epoch ms. */
export async function clickhouseNow(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ now: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS now')
  return Number(row!.now)
}

async function inTopic({ kafka, project }: Parts, { topic }: SourceConfig): Promise<number> {
  if (kafka === undefined) return 0
  const lag = await groupLag(kafka, names.loaderGroup(project), topic)
  return lag.reduce((sum, { records }) => sum + records, 0)
}

/** Rows that ingest has stored: those that others inserted carry no batch. */
const countRows = ({ clickhouse, database, sources, since }: Parts): Promise<number[]> =>
  Promise.all(
    sources.map(async ({ table }) => {
      const [row] = await clickhouse.query<{ n: string }>(
        `SELECT count() AS n FROM {database:Identifier}.{table:Identifier}
         WHERE ${rawColumns.ingestedAt} >= {since:DateTime64(3, 'UTC')} AND ${rawColumns.batch} != 0`,
        { database, table, since: new Date(since) },
      )
      return Number(row!.n)
    }),
  )

async function newestBlocks({ clickhouse, database }: Parts): Promise<Map<string, number>> {
  const rows = await clickhouse.query<{ table: string; partition: string; block: string }>(
    `SELECT table, partition_id AS partition, max(max_block_number) AS block FROM system.parts
     WHERE database = {database:String} AND active GROUP BY table, partition`,
    { database },
  )
  return new Map(rows.map(({ table, partition, block }) => [`${table}/${partition}`, Number(block)]))
}

const ingestOf = (counted: readonly IngestState[], name: string): IngestState =>
  counted.find(({ source }) => source === name) ?? {
    source: name,
    accepted: 0,
    rejected: 0,
    duplicates: 0,
    canaries: 0,
    inFlight: { rows: 0 },
  }
