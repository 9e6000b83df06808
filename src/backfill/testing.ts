import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import { isHeld } from '../clients/clickhouseError.js'
import type { Compiled } from '../compile/compile.js'
import type { ResourceOf } from '../model/resource.js'
import { contentHash } from '../naming.js'
import { rollupSelect } from '../targets/clickhouse/render.js'
import { id, qualified } from '../targets/clickhouse/text.js'

const MINUTE = 60_000

/** A batch that is sent again is sent so much later, ms: across whatever happens meanwhile. */
const AGAIN_MS = 700

/**
 * Inserts a few events every some ms, most of them of now, some late, each third batch once more later, until it is
 * stopped; yields how many.
 */
export function writeOn(clickhouse: ClickHouse, table: string, lateMs: number): { stop(): Promise<number> } {
  let stopped = false
  let written = 0
  const sentAgain: Promise<void>[] = []
  const running = (async () => {
    const writer = `${table} ${Date.now()}`
    for (let batch = 0; !stopped; batch++) {
      const rows = eventsOf(batch, lateMs)
      const id = BigInt.asUintN(64, BigInt(`0x${contentHash(`${writer} ${batch}`, 16)}`)).toString()
      await send(clickhouse, table, rows, id)
      written += rows.length
      if (batch % 3 === 0) sentAgain.push(sleep(AGAIN_MS).then(() => sendAgain(clickhouse, table, rows, id)))
      await sleep(20)
    }
    await Promise.all(sentAgain)
    return written
  })()
  // Told when it is stopped.
  running.catch(() => {})
  return {
    stop: () => {
      stopped = true
      return running
    },
  }
}

function eventsOf(batch: number, lateMs: number): object[] {
  const now = Date.now()
  return Array.from({ length: 20 }, (_, i) => ({
    ts: new Date(i % 5 === 0 ? now - ((batch * 7919 + i) % (lateMs / MINUTE)) * MINUTE : now).toISOString(),
    user_id: (batch * 31 + i) % 500,
    value: (batch + i) % 100,
    region: ['eu', 'us', 'ap'][i % 3],
  }))
}

/** As a front door does it: again while raw takes nothing in. */
async function send(clickhouse: ClickHouse, table: string, rows: readonly object[], batch: string): Promise<void> {
  const body = rows.map(row => JSON.stringify({ ...row, _batch: batch })).join('\n')
  for (;;) {
    try {
      return await clickhouse.insert(table, body, 'JSONEachRow', {
        date_time_input_format: 'best_effort',
        insert_deduplication_token: `test-${batch}`,
        deduplicate_blocks_in_dependent_materialized_views: 1,
      })
    } catch (error) {
      if (!isHeld(error)) throw error
      await sleep(20)
    }
  }
}

/** And once more under the time that raw has given it, when its answer was lost. */
async function sendAgain(clickhouse: ClickHouse, table: string, rows: readonly object[], batch: string): Promise<void> {
  const [stored] = await clickhouse.query<{ at: string }>(
    `SELECT toString(ingested_at) AS at FROM ${table} WHERE _batch = ${batch} LIMIT 1`,
  )
  const same = rows.map(row => ({ ...row, ingested_at: stored!.at }))
  await send(clickhouse, table, same, batch)
}

/** A client that is dead once it has run so many statements. */
export function mortal(clickhouse: ClickHouse, after: number): { client: ClickHouse; ran: () => number } {
  let ran = 0
  const alive = (): void => {
    if (ran >= after) throw new Error('killed')
  }
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    alive()
    const answer = await call()
    ran++
    alive()
    return answer
  }
  return {
    ran: () => ran,
    client: {
      ...clickhouse,
      command: (...args) => counted(() => clickhouse.command(...args)),
      insert: (...args) => counted(() => clickhouse.insert(...args)),
      query: async (...args) => {
        alive()
        return clickhouse.query(...args)
      },
    },
  }
}

/** How each rollup differs from what raw gives; nothing when all are exact. */
export async function inexact(clickhouse: ClickHouse, { resources }: Compiled): Promise<string[]> {
  const found: string[] = []
  const rowsOf = async (sql: string) => new Set((await clickhouse.query(sql)).map(row => JSON.stringify(row)))
  for (const { spec } of resources.filter(
    (resource): resource is ResourceOf<'clickhouse.rollup'> => resource.kind === 'clickhouse.rollup',
  )) {
    const numbers = spec.states.filter(({ name }) => /^(count|sum|min|max)_/.test(name))
    const merged = [
      ...numbers.map(
        ({ name }) =>
          `${name.slice(0, 3) === 'min' ? 'min' : name.slice(0, 3) === 'max' ? 'max' : 'sum'}(${id(name)}) AS ${id(name)}`,
      ),
      ...spec.states
        .filter(({ name }) => name.startsWith('uniq_'))
        .map(({ name }) => `uniqCombined64Merge(14)(${id(name)}) AS ${id(name)}`),
      ...spec.states
        .filter(({ name }) => name.startsWith('quantile_'))
        .map(({ name }) => `quantileDDMerge(0.01, 0.5)(${id(name)}) AS ${id(name)}`),
    ]
    const keys = spec.keys.map(({ name }) => id(name)).join(', ')
    const read = (rows: string): string => `SELECT ${keys}, ${merged.join(', ')} FROM ${rows} GROUP BY ${keys}`
    const stored = read(qualified(spec.table.database, spec.table.name))
    const computed = read(`(${rollupSelect(spec, spec.states)})`)
    const [held, wanted] = await Promise.all([rowsOf(stored), rowsOf(computed)])
    const wrong = [...held].filter(row => !wanted.has(row))
    const missing = [...wanted].filter(row => !held.has(row))
    if (wrong.length + missing.length > 0)
      found.push(
        `${spec.table.name}: ${wrong.length} wrong (${wrong.slice(0, 2)}), ${missing.length} missing (${missing.slice(0, 2)})`,
      )
  }
  return found
}
