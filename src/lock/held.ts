import type { ClickHouse } from '../clients/clickhouse.js'
import { isAbsent } from '../clients/clickhouseError.js'
import { names } from '../naming.js'
import { qualified } from '../targets/clickhouse/text.js'

/** Whoever takes the lock. */
export interface Holder {
  readonly id: string
  /** `user@host`, or the account that a CI names. */
  readonly who: string
  readonly pid: number
  /** Where that pid means something: one running system and one namespace of processes. Missing where unknown. */
  readonly machine?: string
}

/** A lock that is held, as the server tells it; times are the server's, epoch ms. */
export interface Held extends Holder {
  readonly generation: number
  readonly since: number
  /** Its last sign of life. */
  readonly seen: number
  readonly now: number
  readonly staleMs: number
}

/** The newest lock there is. */
export type Newest = Omit<Held, 'staleMs'> & { readonly released: boolean }

const PREFIX = `${names.lock}_`
const NOTE = 'who applies: '

export const lockTable = (generation: number): string => `${PREFIX}${generation}`

/** Whether a table is one of the lock's. */
export const isLockTable = (name: string): boolean => /^\d+$/.test(name.slice(PREFIX.length)) && name.startsWith(PREFIX)

export const commentOf = (holder: Holder): string => NOTE + JSON.stringify(holder)

/** The generations that there are, the newest last, each with its holder. */
export async function generations(
  clickhouse: ClickHouse,
  database: string,
): Promise<{ generation: number; holder: Holder }[]> {
  const rows = await clickhouse.query<{ name: string; comment: string }>(
    'SELECT name, comment FROM system.tables WHERE database = {database:String} AND startsWith(name, {prefix:String})',
    { database, prefix: PREFIX },
  )
  return rows
    .filter(({ name, comment }) => isLockTable(name) && comment.startsWith(NOTE))
    .map(({ name, comment }) => ({
      generation: Number(name.slice(PREFIX.length)),
      holder: JSON.parse(comment.slice(NOTE.length)) as Holder,
    }))
    .sort((a, b) => a.generation - b.generation)
}

/** Who has, or had, the lock last; undefined where nobody ever had it. */
export async function newest(clickhouse: ClickHouse, database: string): Promise<Newest | undefined> {
  const last = (await generations(clickhouse, database)).at(-1)
  if (last === undefined) return undefined
  const { generation, holder } = last
  try {
    const [row] = await clickhouse.query<Record<'since' | 'seen' | 'released' | 'now', string>>(
      `SELECT toUnixTimestamp64Milli(min(at)) AS since, toUnixTimestamp64Milli(max(at)) AS seen,
         countIf(event = 'release') AS released, toUnixTimestamp64Milli(now64(3, 'UTC')) AS now
       FROM ${qualified(database, lockTable(generation))}`,
    )
    const now = Number(row!.now)
    // Before its first sign of life it is as old as its table; that is now, but for a holder killed in just that moment.
    const [made] = row!.seen === '0' ? await createdAt(clickhouse, database, generation) : []
    const [since, seen] = made === undefined ? [Number(row!.since), Number(row!.seen)] : [made, made]
    return { ...holder, generation, since, seen, now, released: row!.released !== '0' }
  } catch (error) {
    // The next generation came, or all was destroyed, between the two questions.
    if (isAbsent(error)) return newest(clickhouse, database)
    throw error
  }
}

async function createdAt(clickhouse: ClickHouse, database: string, generation: number): Promise<number[]> {
  const rows = await clickhouse.query<{ ms: string }>(
    'SELECT toUnixTimestamp(metadata_modification_time) * 1000 AS ms FROM system.tables WHERE database = {database:String} AND name = {name:String}',
    { database, name: lockTable(generation) },
  )
  return rows.map(({ ms }) => Number(ms))
}
