import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { apply } from '../src/apply/apply.js'
import type { ClickHouse } from '../src/clients/clickhouse.js'
import { compile } from '../src/compile/compile.js'
import { check } from '../src/config/check.js'
import type { Step } from '../src/model/plan.js'
import { plan } from '../src/plan/plan.js'
import { othersCpuMs } from './lib/cpu.js'
import { withMetrics } from './lib/metrics.js'
import { ms, quantile, table } from './lib/print.js'
import { type BenchStack, startStack } from './lib/stack.js'
import { type Stretch, watch } from './lib/watch.js'

// Ten million events are stored, two thousand a second come in, and metrics are added one after another, each with states
// of all of them. The refreshes of those that were there before, while a fill runs and while none does.

const ROWS = 10_000_000
const RATE = 2000
const QUIET_MS = 6000

const request = "event_type = 'request'"
const purchase = "event_type = 'purchase'"
const before = {
  rps: { tier: 1, measure: 'per_second(count())', window: '1s', refresh: '250ms', by: ['region'] },
  errors: { tier: 2, measure: "count() filter (where event_type = 'error') / count()", window: '5m', refresh: '1s' },
  revenue: { tier: 2, measure: 'sum(value)', where: purchase, window: 'day', refresh: '1s' },
  slowest: { tier: 2, measure: 'quantile(0.99, value)', where: request, window: '1h', refresh: '2s' },
}
const watched = {
  rps: { refreshMs: 250, settleMs: 200 },
  errors: { refreshMs: 1000, settleMs: 1000 },
  revenue: { refreshMs: 1000, settleMs: 1000 },
  slowest: { refreshMs: 2000, settleMs: 1000 },
}
const added = {
  largest: { tier: 2, measure: 'max(value)', where: request, window: 'day', refresh: '5s' },
  orders: { tier: 2, measure: `count() filter (where ${purchase})`, window: '1h', refresh: '5s' },
  users: { tier: 2, measure: 'uniq(user_id)', window: 'day', refresh: '10s' },
  typical: { tier: 2, measure: 'quantile(0.5, value)', where: purchase, window: '1h', refresh: '5s' },
  by_region: { tier: 2, measure: 'sum(value)', window: '1h', refresh: '5s', by: ['region'] },
}

export async function benchFill(): Promise<void> {
  const stack = await startStack(withMetrics(before))
  const stop = new AbortController()
  try {
    await history(stack.clickhouse)
    const sending = send(stack, stop.signal)
    const viewer = await watch(stack.url, watched)
    await sleep(8000)
    const pids = [process.pid, stack.pid]
    const quiet: Stretch[] = []
    const fills: Stretch[] = []
    const rows: (string | number)[][] = []
    let metrics: Record<string, unknown> = before
    for (const [name, metric] of Object.entries(added)) {
      metrics = { ...metrics, [name]: metric }
      const from = Date.now()
      await sleep(QUIET_MS)
      quiet.push({ from, to: Date.now() })
      const cpu = othersCpuMs(pids)
      const fill = await add(stack, metrics)
      const others = (othersCpuMs(pids) - cpu) / (fill.to - fill.from)
      fills.push(fill)
      await sleep(1000)
      const { skipped } = viewer.seen('rps', [fill])
      rows.push([name, ...(await stepsOf(stack.clickhouse, fill)), skipped, others.toFixed(2)])
    }
    stop.abort()
    await sending
    viewer.close()
    table(
      `A metric is added to ${ROWS.toLocaleString('en')} events`,
      [
        'added',
        'plan',
        'cut-over',
        'fill',
        'slices',
        'their p50',
        'longest',
        'compare',
        'switch',
        'skipped',
        "others' cores",
      ],
      rows,
    )
    const queries = await Promise.all([quiet, fills].map(stretches => queryMs(stack.clickhouse, stretches)))
    table(
      'Refreshes, without → with a fill',
      ['metric', 'due', 'skipped', 'late p50', 'p99', 'longest', 'p99, ratio'],
      [
        ...Object.keys(watched).map(name => {
          const [without, during] = [viewer.seen(name, quiet), viewer.seen(name, fills)]
          const both = (of: (seen: typeof without) => string | number) => `${of(without)} → ${of(during)}`
          return [
            name,
            both(seen => seen.due),
            both(seen => seen.skipped),
            both(seen => ms(seen.p50)),
            both(seen => ms(seen.p99)),
            both(seen => ms(seen.max)),
            (during.p99 / without.p99).toFixed(2),
          ]
        }),
        ['all queries', '', '', ...[0.5, 0.99, 1].map(q => queries.map(all => ms(quantile(all, q))).join(' → ')), ''],
      ],
    )
  } finally {
    stop.abort()
    await stack.stop()
  }
}

/** As if they had come in at the same rate up to now. */
async function history(clickhouse: ClickHouse): Promise<void> {
  const part = ROWS / 20
  for (let i = 0; i < 20; i++)
    await clickhouse.command(
      `INSERT INTO shop.raw_events (event_id, event_type, user_id, value, ts, region, ingested_at)
       SELECT 1e12 + n, ['request', 'error', 'purchase'][1 + n % 3], n % 200000, n % 1000, t, ['eu', 'us'][1 + n % 2], t + 0.05
       FROM (SELECT number + ${i * part} AS n, now64(3) - toIntervalMillisecond(intDiv(${ROWS} - n, ${RATE / 1000})) AS t FROM numbers(${part}))`,
    )
}

async function send(stack: BenchStack, signal: AbortSignal): Promise<void> {
  const run = fileURLToPath(new URL('../bin/run.js', import.meta.url))
  const args = [run, 'simulate', '--rate', String(RATE), '--json', '-f', `${stack.dir}/metrics.yaml`]
  const started = Date.now()
  const { stdout, stderr } = await execa(process.execPath, args, {
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: false,
  })
  const { ingest } = (await (await fetch(`${stack.url}/api/status`)).json()) as { ingest: { accepted: number }[] }
  const perSecond = (ingest[0]!.accepted * 1000) / (Date.now() - started)
  if (perSecond < RATE * 0.8) throw new Error(`only ${perSecond.toFixed(0)} events/s came in: ${stdout}${stderr}`)
}

interface Fill extends Stretch {
  /** Time of each step, ms. */
  readonly steps: Readonly<Record<string, number>>
}

async function add({ dir, clickhouse }: BenchStack, metrics: Record<string, unknown>): Promise<Fill> {
  const file = `${dir}/metrics.yaml`
  writeFileSync(file, withMetrics(metrics))
  const { model } = await check(file, { target: 'local' })
  const wanted = compile(model!)
  const from = Date.now()
  const planned = await plan(wanted, { clickhouse })
  const steps: Record<string, number> = { plan: Date.now() - from }
  const begun = new Map<Step, number>()
  const { results } = await apply(
    planned,
    { clickhouse },
    {
      database: 'shop',
      onStep: (_, step, moment) => {
        if (moment === 'before') begun.set(step, Date.now())
        else steps[step.run] = Math.max(steps[step.run] ?? 0, Date.now() - begun.get(step)!)
      },
    },
  )
  const failed = results.filter(({ ok }) => !ok)
  if (failed.length > 0) throw new Error(JSON.stringify(failed))
  return { from, to: Date.now(), steps }
}

const within = ({ from, to }: Stretch): string =>
  `type != 'QueryStart' AND toUnixTimestamp64Milli(query_start_time_microseconds) BETWEEN ${from} AND ${to}`

async function stepsOf(clickhouse: ClickHouse, { steps, ...stretch }: Fill): Promise<(string | number)[]> {
  const step = (name: string): string => ms(steps[name] ?? Number.NaN)
  await clickhouse.command('SYSTEM FLUSH LOGS')
  const slices = await clickhouse.query<{ ms: string }>(
    `SELECT query_duration_ms AS ms FROM system.query_log WHERE ${within(stretch)} AND query LIKE 'INSERT INTO %rollup%SELECT%'`,
  )
  const times = slices.map(slice => Number(slice.ms))
  return [
    step('plan'),
    step('cutover'),
    step('backfill'),
    times.length,
    ms(quantile(times, 0.5)),
    ms(quantile(times, 1)),
    step('compare'),
    step('config'),
  ]
}

/** Times of the queries of live metrics that began in these stretches. */
async function queryMs(clickhouse: ClickHouse, stretches: readonly Stretch[]): Promise<number[]> {
  const rows = await clickhouse.query<{ ms: string }>(
    `SELECT query_duration_ms AS ms FROM system.query_log WHERE log_comment = 'rtdash-metric' AND (${stretches.map(within).join(' OR ')})`,
  )
  return rows.map(row => Number(row.ms))
}
