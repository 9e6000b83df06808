import { setTimeout as sleep } from 'node:timers/promises'
import type { ResourceOf, SelectItem } from '../../../model/resource.js'
import type { State } from '../../../model/rollup.js'
import type { ApplyContext } from '../../live.js'
import { mark } from '../mark.js'
import { rollupSelect } from '../render.js'
import { mergeSql } from '../states.js'
import { id, qualified, str } from '../text.js'

/** Raw rows up to which the whole table is compared; beyond, the hour before the cut-over. */
const WHOLE_TABLE_ROWS = 2_000_000
const HOUR_MS = 3_600_000
/** An insert that runs between the two reads makes them differ: looked at again so often before it is called a fault. */
const ATTEMPTS = 40

/** Compares filled states with the same states computed from raw, then marks the view as filled. Throws where they differ. */
export async function compare(
  context: ApplyContext,
  rollup: ResourceOf<'clickhouse.rollup'>,
  view: string,
  states: readonly SelectItem[],
  from: number,
): Promise<void> {
  const { clickhouse, database } = context
  const { spec } = rollup
  const [size] = await clickhouse.query<{ n: string }>(
    `SELECT count() AS n FROM ${qualified(spec.source.database, spec.source.table)}`,
  )
  const since = Number(size!.n) <= WHOLE_TABLE_ROWS ? undefined : from - HOUR_MS
  const buckets =
    since === undefined
      ? '1'
      : `bucket >= fromUnixTimestamp64Milli(${since}, 'UTC') AND bucket < fromUnixTimestamp64Milli(${from}, 'UTC')`
  const merged = states
    .map(
      ({ name }) =>
        `toString(${mergeSql(name.slice(0, name.lastIndexOf('_')) as State['fn'], id(name), 0.5)}) AS ${id(`m_${name}`)}`,
    )
    .join(', ')
  const read = (rows: string) =>
    clickhouse.query<Record<string, string>>(`SELECT ${merged} FROM ${rows} WHERE ${buckets}`)
  let difference = ''
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [[stored], [computed]] = await Promise.all([
      read(qualified(database, spec.table.name)),
      read(`(${rollupSelect(spec, states)})`),
    ])
    const differing = Object.keys(stored!).filter(name => !same(stored![name]!, computed![name]!))
    if (differing.length === 0) {
      await clickhouse.command(
        `ALTER TABLE ${qualified(database, view)} MODIFY COMMENT ${str(mark(rollup.id, 'fills it', { from: String(from), filled: '1' }))}`,
      )
      return
    }
    difference = differing
      .map(name => `${name.slice(2)}: stored ${stored![name]}, from raw ${computed![name]}`)
      .join('; ')
    await sleep(25 * (1 + (attempt % 7)))
  }
  throw new Error(
    `${spec.table.name} differs from ${spec.source.table} after its fill (${difference}); nothing reads it yet: run apply again`,
  )
}

/** Equal, but for the order in which doubles were added. */
const same = (a: string, b: string): boolean =>
  a === b || Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.max(Math.abs(Number(a)), Math.abs(Number(b)))
