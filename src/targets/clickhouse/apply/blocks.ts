import type { ApplyContext } from '../../live.js'
import { DEDUP_WINDOW } from '../tables.js'

/** One block in a fixed order, on one core: the token then stands for the same rows whenever it is sent again. */
export const SAME_BLOCKS = {
  min_insert_block_size_rows: 0,
  min_insert_block_size_bytes: 0,
  max_block_size: 100_000_000,
  max_insert_threads: 1,
  max_partitions_per_insert_block: 0,
  max_threads: 1,
} as const

/** Blocks that a table may have taken in since an insert was begun while its token is surely still known. */
const REMEMBERED = DEDUP_WINDOW * 0.9

/** Grows by one with each block that the table takes in: says how many tokens it has seen since. */
export async function newestBlock(
  { clickhouse, database }: Pick<ApplyContext, 'clickhouse' | 'database'>,
  table: string,
): Promise<number> {
  const [row] = await clickhouse.query<{ block: string }>(
    'SELECT max(max_block_number) AS block FROM system.parts WHERE database = {database:String} AND table = {table:String}',
    { database, table },
  )
  return Number(row!.block)
}

/** Whether it can no longer be told if inserts were stored that were begun, but not seen to end, at these blocks. */
export const isForgotten = async (
  context: Pick<ApplyContext, 'clickhouse' | 'database'>,
  table: string,
  open: readonly { readonly block: number }[],
): Promise<boolean> =>
  open.length > 0 && (await newestBlock(context, table)) - Math.min(...open.map(({ block }) => block)) > REMEMBERED
