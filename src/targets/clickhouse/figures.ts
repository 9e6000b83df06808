import { type ClickHouse, ClickHouseError } from '../../clients/clickhouse.js'
import type { Change, Impact } from '../../model/plan.js'
import type { ResourceOf, RollupSpec } from '../../model/resource.js'
import { rawColumns } from '../../naming.js'
import { bucketMsOf, timestampOf } from './apply/fill.js'
import { type Carry, carriesOf, halfCarried, isWhole } from './carry.js'
import { GENTLE, inTurn } from './gently.js'
import { viewsOf } from './liveViews.js'
import { liveNormalTable, ttlSeconds } from './normalize.js'
import type { Figures, LiveTable, Observed } from './observe.js'
import { rollupSelect } from './render.js'
import { functionOf, isEmpty, mergedSql } from './states.js'
import { id, qualified } from './text.js'

/** Events that a probe reads: some tenths of a second at most. */
const PROBE_ROWS = 100_000
const PROBE_SECONDS = 2
const PROBE = { ...GENTLE, max_execution_time: PROBE_SECONDS, timeout_overflow_mode: 'break' }
const DAY_MS = 86_400_000
/** An event may be stamped later than it arrives, by so much: what old buckets could have lost. */
const AHEAD_MS = 600_000
/** Bytes of a state where no stored one of its kind tells: compressed, of middling size. */
const STATE_BYTES: Readonly<Record<string, number>> = { quantile: 400, uniq: 1000, uniq_exact: 4000 }
const NUMBER_BYTES = 4

/** Measures what the fills of a plan take and give, on the live tables. Reads only, and a sample of raw at most. */
export async function measureFills(
  clickhouse: ClickHouse,
  changes: readonly Change[],
  observed: Observed,
): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>()
  for (const change of changes) {
    const states = change.steps.flatMap(step => (step.run === 'cutover' ? String(step.args!.states).split(',') : []))
    if (states.length === 0) continue
    const { spec } = change.after as ResourceOf<'clickhouse.rollup'>
    const raw = observed.tables.get(spec.source.table)
    if (raw) figures.set(spec.table.name, await measure(clickhouse, spec, raw, new Set(states), observed))
  }
  return figures
}

async function measure(
  clickhouse: ClickHouse,
  spec: RollupSpec,
  raw: LiveTable,
  states: ReadonlySet<string>,
  observed: Observed,
): Promise<Figures> {
  const items = spec.states.filter(state => states.has(state.name))
  const select = rollupSelect(spec, items)
  const live = observed.tables.get(spec.table.name)
  const from = qualified(spec.source.database, spec.source.table)
  const sample = `(SELECT * FROM ${from} LIMIT ${PROBE_ROWS})`
  const [reach, flow, perRow] = await Promise.all([
    reachOf(clickhouse, spec, raw, observed),
    raw.rows > 0 ? unlessNew(flowOf(clickhouse, spec, from)) : undefined,
    raw.rows > 0
      ? unlessNew(
          msPerRow(clickhouse, select.replace(` FROM ${from} `, ` FROM ${sample} `), Math.min(raw.rows, PROBE_ROWS)),
        )
      : undefined,
  ])
  const had = reach?.donors.length ? await withHistory(clickhouse, spec, states, reach.before, observed) : new Set()
  const homeless = [...states].filter(state => !had.has(state))
  const carries = reach ? carriesOf(spec, homeless, reach.donors, reach.since, observed) : []
  const since =
    reach && !carriesAll(carries, states) ? Math.max(reach.since, ...carries.map(({ keep }) => keep)) : undefined
  const columns = raw.columns.filter(({ name }) => select.includes(`\`${name}\``) || name === rawColumns.ingestedAt)
  const bytesPerGroup = [...states].reduce((sum, state) => sum + stateBytes(state, observed), live ? 0 : NUMBER_BYTES)
  const impact: Impact = {
    rows: raw.rows,
    bytes: columns.reduce((sum, { bytes }) => sum + bytes, 0),
    // Half of it again is the pause that live queries get.
    ...(perRow !== undefined && { ms: Math.round(perRow * raw.rows * 1.5) }),
    ...(flow && {
      bytesPerDay: Math.round(flow.groupsPerDay * bytesPerGroup),
      rowsPerInsert: Math.round(flow.groupsPerInsert * 10) / 10,
    }),
    ...(since !== undefined && { since }),
  }
  return { impact, ...(reach?.keep !== undefined && { keep: reach.keep }), carries }
}

const UNKNOWN_IDENTIFIER = 47

/** Whether all that a rollup misses has had its history so far, in every series and bucket. */
const carriesAll = (carries: readonly Carry[], states: ReadonlySet<string>): boolean =>
  carries.every(isWhole) && new Set(carries.flatMap(carry => carry.states)).size === states.size

/** Nothing can be measured of a column that the same plan adds. */
const unlessNew = <T>(probe: Promise<T>): Promise<T | undefined> =>
  probe.catch(error => {
    if (error instanceof ClickHouseError && error.code === UNKNOWN_IDENTIFIER) return undefined
    throw error
  })

interface Reach {
  readonly since: number
  readonly keep?: number
  readonly donors: readonly LiveTable[]
  /** Events from before this instant are in rollups alone. */
  readonly before: number
}

/**
 * Since when raw holds all, where rollups hold more than it does: from then on new states have values, but for those that
 * `donors` have had. `keep` where it is the rollup itself that holds more. Undefined where raw holds everything.
 */
async function reachOf(
  clickhouse: ClickHouse,
  spec: RollupSpec,
  raw: LiveTable,
  observed: Observed,
): Promise<Reach | undefined> {
  const own = observed.tables.get(spec.table.name)
  const others = siblings(spec, observed)
  const [[first], ...oldest] = await Promise.all([
    clickhouse.query<{ now: string; n: string; arrival: string }>(
      `SELECT toUnixTimestamp64Milli(now64(3)) AS now, count() AS n, toUnixTimestamp64Milli(min(${rawColumns.ingestedAt})) AS arrival FROM ${qualified(spec.source.database, spec.source.table)}`,
    ),
    ...[...(own && own.rows > 0 ? [own] : []), ...others].map(async table => {
      const [row] = await clickhouse.query<{ first: string; last: string }>(
        `SELECT toUnixTimestamp64Milli(min(bucket)) AS first, toUnixTimestamp64Milli(max(bucket)) AS last FROM ${qualified(spec.table.database, table.name)}`,
      )
      return { table, first: Number(row!.first), last: Number(row!.last) }
    }),
  ])
  const now = Number(first!.now)
  const empty = first!.n === '0'
  const since = empty ? now : Number(first!.arrival)
  // Once raw has let go of something, an event that came late says nothing of how far it reaches.
  const kept = ttlSeconds(liveNormalTable(raw).ttl)
  const expired = empty || (kept !== undefined && since < now - kept * 1000 + 2 * DAY_MS)
  const bucketMs = bucketMsOf(spec)
  const holdsNone = async (until: number): Promise<boolean> =>
    expired ? until <= since : !(await hasEventBefore(clickhouse, spec, until))
  const known = new Map<number, Promise<boolean>>()
  const isOlder = await Promise.all(
    oldest.map(({ table, first }) => {
      const until = first + (table === own ? bucketMs : DAY_MS)
      const answer = known.get(until) ?? holdsNone(until)
      known.set(until, answer)
      return answer
    }),
  )
  const older = oldest.filter((_, i) => isOlder[i])
  if (older.length === 0) return undefined
  const reach = expired ? since : await firstEvent(clickhouse, spec)
  const last = older.find(({ table }) => table === own)?.last
  const donors = older.filter(({ table }) => table !== own).sort((a, b) => a.first - b.first)
  return {
    since,
    before: reach,
    donors: spec.table.cluster === undefined ? donors.map(({ table }) => table) : [],
    ...(last !== undefined && { keep: empty ? last + bucketMs : Math.ceil((since + AHEAD_MS) / bucketMs) * bucketMs }),
  }
}

/** Which of these states hold something from before an instant already: that goes on, nothing is carried over to it. */
async function withHistory(
  clickhouse: ClickHouse,
  { table }: RollupSpec,
  states: ReadonlySet<string>,
  before: number,
  observed: Observed,
): Promise<Set<string>> {
  const half = halfCarried(table.name, observed)
  const there = (observed.tables.get(table.name)?.columns ?? [])
    .map(({ name }) => name)
    .filter(name => states.has(name) && !half.has(name))
  if (there.length === 0) return new Set()
  const [row] = await clickhouse.query<Record<string, string | null>>(
    `SELECT ${there.map(name => `toString(${mergedSql(name)}) AS ${id(`m_${name}`)}`).join(', ')} FROM ${qualified(table.database, table.name)} WHERE bucket < fromUnixTimestamp64Milli(${before}, 'UTC')`,
  )
  return new Set(there.filter(name => !isEmpty(row![`m_${name}`]!)))
}

/** Raw is sorted by event time: finds one at once, or that there is nothing to read. */
async function hasEventBefore(clickhouse: ClickHouse, spec: RollupSpec, until: number): Promise<boolean> {
  const found = await clickhouse.query(
    `SELECT 1 FROM ${qualified(spec.source.database, spec.source.table)} WHERE ${timestampOf(spec)} < fromUnixTimestamp64Milli(${until}, 'UTC') LIMIT 1`,
    undefined,
    { settings: GENTLE },
  )
  return found.length > 0
}

/** Epoch ms. Reads the column as a whole. */
async function firstEvent(clickhouse: ClickHouse, spec: RollupSpec): Promise<number> {
  const [row] = await inTurn(clickhouse, () =>
    clickhouse.query<{ at: string }>(
      `SELECT toUnixTimestamp64Milli(toDateTime64(min(${timestampOf(spec)}), 3, 'UTC')) AS at FROM ${qualified(spec.source.database, spec.source.table)}`,
      undefined,
      { settings: GENTLE },
    ),
  )
  return Number(row!.at)
}

/** Other rollups that are filled from the same raw table. */
function siblings({ table, source }: RollupSpec, observed: Observed): LiveTable[] {
  const from = ` FROM ${source.database}.${source.table} `
  return [...observed.tables.values()].filter(
    ({ name, owner, feeds, rows }) =>
      owner?.startsWith('clickhouse.rollup/') &&
      feeds === undefined &&
      rows > 0 &&
      name !== table.name &&
      viewsOf(name, observed.tables).some(view => view.select.replaceAll('`', '').includes(from)),
  )
}

/** Rows of the rollup that a day of events makes, and that one insert makes, as of the newest arrivals. */
async function flowOf(
  clickhouse: ClickHouse,
  spec: RollupSpec,
  from: string,
): Promise<{ groupsPerDay: number; groupsPerInsert: number } | undefined> {
  const keys = spec.keys.map(key => key.sql).join(', ')
  const arrival = rawColumns.ingestedAt
  const [span] = await clickhouse.query<{ n: string; ms: string }>(
    `SELECT count() AS n, toUnixTimestamp64Milli(max(${arrival})) - toUnixTimestamp64Milli(min(${arrival})) AS ms FROM ${from}`,
  )
  const ms = Number(span!.ms)
  if (ms < 1000) return undefined
  const windowMs = Math.ceil(Math.min(DAY_MS, ms, (ms * PROBE_ROWS) / Number(span!.n)))
  const [row] = await inTurn(clickhouse, () =>
    clickhouse.query<{ day: string; insert: number }>(
      `SELECT uniqExact(k) AS day, uniqExact(k, a) / uniqExact(a) AS insert FROM (SELECT (${keys}) AS k, ${arrival} AS a FROM ${from}
       WHERE ${spec.where} AND ${arrival} > (SELECT max(${arrival}) FROM ${from}) - toIntervalMillisecond(${windowMs}))`,
      undefined,
      { settings: PROBE },
    ),
  )
  if (!row || !Number.isFinite(row.insert)) return undefined
  return { groupsPerDay: (Number(row.day) * DAY_MS) / windowMs, groupsPerInsert: row.insert }
}

/** Time that the fill's own statement takes for an event, ms, on one core. */
async function msPerRow(clickhouse: ClickHouse, select: string, rows: number): Promise<number | undefined> {
  const ms = await inTurn(clickhouse, async () => {
    const started = performance.now()
    await clickhouse.command(`${select} FORMAT Null`, undefined, { settings: PROBE })
    return performance.now() - started
  })
  return ms > PROBE_SECONDS * 1000 ? undefined : ms / rows
}

/** What a stored state of the same kind takes, on average. */
function stateBytes(state: string, observed: Observed): number {
  const fn = functionOf(state)
  let [bytes, rows] = [0, 0]
  for (const table of observed.tables.values()) {
    if (table.feeds !== undefined || !table.owner?.startsWith('clickhouse.rollup/')) continue
    for (const column of table.columns)
      if (column.name.startsWith(`${fn}_`) && column.bytes > 0) {
        bytes += column.bytes
        rows += table.rows
      }
  }
  return rows > 0 ? bytes / rows : (STATE_BYTES[fn] ?? NUMBER_BYTES)
}
