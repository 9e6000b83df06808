import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../clients/clickhouse.js'
import type { Compiled } from '../compile/compile.js'
import type { ResourceOf } from '../model/resource.js'
import { rollupSelect } from '../targets/clickhouse/render.js'
import { id, qualified } from '../targets/clickhouse/text.js'

const MINUTE = 60_000

/** Inserts a few events every some ms, most of them of now, some late, until it is stopped; yields how many. */
export function writeOn(clickhouse: ClickHouse, table: string, lateMs: number): { stop(): Promise<number> } {
  let stopped = false
  let written = 0
  const running = (async () => {
    for (let batch = 0; !stopped; batch++) {
      const now = Date.now()
      const rows = Array.from({ length: 20 }, (_, i) => ({
        ts: new Date(i % 5 === 0 ? now - ((batch * 7919 + i) % (lateMs / MINUTE)) * MINUTE : now).toISOString(),
        user_id: (batch * 31 + i) % 500,
        value: (batch + i) % 100,
        region: ['eu', 'us', 'ap'][i % 3],
      }))
      await clickhouse.insert(table, rows.map(row => JSON.stringify(row)).join('\n'), 'JSONEachRow', {
        date_time_input_format: 'best_effort',
      })
      written += rows.length
      await sleep(20)
    }
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
