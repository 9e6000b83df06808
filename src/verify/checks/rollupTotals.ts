import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { RollupSpec } from '../../model/resource.js'
import type { Rollup, State } from '../../model/rollup.js'
import { rawColumns } from '../../naming.js'
import { instantText } from '../../service/publish/asof.js'
import { type Check, type Evidence, skipped } from '../check.js'
import type { Finding } from '../report.js'
import { clickhouseNow } from '../snapshot.js'

/** A view is filled a moment after raw: a difference that stays for so long is one. */
const ATTEMPTS = 20
const PAUSE_MS = 250
const AT_LEAST_MS = 180_000
/** Late events still come into the newest buckets; they would make each attempt differ. */
const LATE_MS = 10_000
/** Sums of floats differ in their last digits with the order of adding. */
const TOLERANCE = 1e-9
const LIMIT_S = 20

/** Counts and sums of each rollup over its newest closed buckets are what raw events give. */
export const rollupTotals: Check = {
  id: 'rollup-totals',
  group: 7,
  run: async evidence => {
    const findings: Finding[] = []
    for (const rollup of evidence.compiled.rollups.rollups) findings.push(await totalsOf(rollup, evidence))
    return findings
  },
}

type Totals = Readonly<Record<string, number>>

async function totalsOf(rollup: Rollup, evidence: Evidence): Promise<Finding> {
  const { name, source, bucketMs } = rollup
  const about = { source, rollup: name } as const
  const states = rollup.states.filter(({ fn }) => fn === 'count' || fn === 'sum')
  if (states.length === 0) return { ...skipped('it holds no counts and no sums'), ...about }
  const now = await clickhouseNow(evidence.clickhouse)
  const to = Math.floor((now - LATE_MS) / bucketMs) * bucketMs
  const range = { from: to - Math.ceil(AT_LEAST_MS / bucketMs) * bucketMs, to }
  try {
    for (let attempt = 1; ; attempt++) {
      const [inRollup, inRaw] = await bothTotals(rollup, states, range, evidence)
      if (inRaw.events === 0) return { ...skipped('no closed bucket holds events yet'), ...about }
      const wrong = states.find(state => differs(inRollup[state.name]!, inRaw[state.name]!))
      if (wrong === undefined)
        return { ...about, observed: states.length, limit: states.length, unit: 'totals', verdict: 'pass' }
      if (attempt === ATTEMPTS)
        return {
          ...about,
          observed: inRollup[wrong.name]!,
          limit: inRaw[wrong.name]!,
          verdict: 'fail',
          reason: `${wrong.definition} differs from raw events`,
        }
      await sleep(PAUSE_MS, undefined, { signal: evidence.signal })
    }
  } catch (error) {
    evidence.signal.throwIfAborted()
    return { ...skipped(`the totals could not be computed: ${(error as Error).message}`), ...about }
  }
}

const differs = (a: number, b: number): boolean => Math.abs(a - b) > TOLERANCE * Math.max(Math.abs(a), Math.abs(b))

/** Rollup first: what comes between the two is in raw alone, and the next attempt finds it in both. */
async function bothTotals(
  { name }: Rollup,
  states: readonly State[],
  range: { readonly from: number; readonly to: number },
  { compiled, clickhouse }: Evidence,
): Promise<readonly [Totals, Totals]> {
  const { spec } = compiled.resources.find(({ id }) => id === `clickhouse.rollup/${name}`) as { spec: RollupSpec }
  const model = compiled.model.sources.find(({ table }) => table === spec.source.table)!
  const database = spec.table.database
  const sqlOf = (state: State) => spec.states.find(candidate => candidate.name === state.name)!.sql
  const params = {
    database,
    rollup: name,
    raw: spec.source.table,
    from: instantText(range.from),
    to: instantText(range.to),
    arrived: instantText(range.from - model.accept.newerMs - 60_000),
  }
  const between = (column: string) =>
    `${column} >= {from:DateTime64(3, 'UTC')} AND ${column} < {to:DateTime64(3, 'UTC')}`
  const inRollup = await one(
    clickhouse,
    `SELECT ${states.map(({ name }) => `toFloat64(sum(\`${name}\`)) AS \`t_${name}\``).join(', ')}
     FROM {database:Identifier}.{rollup:Identifier} WHERE ${between('bucket')}`,
    params,
  )
  const inRaw = await one(
    clickhouse,
    `SELECT count() AS t_events, ${states.map(state => `toFloat64(${sqlOf(state)}) AS \`t_${state.name}\``).join(', ')}
     FROM {database:Identifier}.{raw:Identifier}
     WHERE ${spec.where} AND ${rawColumns.ingestedAt} >= {arrived:DateTime64(3, 'UTC')} AND ${between(`\`${model.timestamp}\``)}`,
    params,
  )
  return [inRollup, inRaw]
}

async function one(clickhouse: ClickHouse, sql: string, params: Record<string, unknown>): Promise<Totals> {
  const options = { settings: { max_execution_time: LIMIT_S } }
  const [row] = await clickhouse.query<Record<string, string | number>>(sql, params, options)
  return Object.fromEntries(Object.entries(row!).map(([name, value]) => [name.slice(2), Number(value)]))
}
