import type { ClickHouse } from '../../../clients/clickhouse.js'
import { names } from '../../../naming.js'
import type { ApplyContext } from '../../live.js'
import { append } from '../append.js'
import { qualified } from '../text.js'

/** One line of the ledger. */
export async function record(context: ApplyContext, event: string, change: string, detail: object): Promise<void> {
  const row = { apply: context.applyId, event, change, detail: JSON.stringify(detail) }
  await append(context.clickhouse, context.database, names.history, row)
}

/** The ledger's details of one event for one object, oldest first. */
export async function recorded<T>(context: ApplyContext, event: string, change: string): Promise<T[]> {
  const rows = await context.clickhouse.query<{ detail: string }>(
    `SELECT detail FROM ${qualified(context.database, names.history)} WHERE event = {event:String} AND change = {change:String} ORDER BY at`,
    { event, change },
  )
  return rows.map(row => JSON.parse(row.detail) as T)
}

/** The server's clock, epoch ms: the one that stamps arrivals. */
export async function serverNow(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query<{ ms: string }>("SELECT toUnixTimestamp64Milli(now64(3, 'UTC')) AS ms")
  return Number(row!.ms)
}
