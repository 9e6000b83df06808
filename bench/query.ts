import type { ClickHouse } from '../src/clients/clickhouse.js'
import { compile } from '../src/compile/compile.js'
import { check } from '../src/config/check.js'
import { withMetrics } from './lib/metrics.js'
import { ms, quantile, table } from './lib/print.js'
import { startStack } from './lib/stack.js'

const METRICS = {
  requests_per_second: { tier: 1, measure: 'per_second(count())', window: '1s', by: ['region'] },
  error_rate_5min: { measure: "count() filter (where event_type = 'error') / count()", window: '5m', refresh: '5s' },
  revenue_today: { measure: 'sum(value)', where: "event_type = 'purchase'", window: 'day', refresh: '10s' },
  p99_latency_1h: { measure: 'quantile(0.99, value)', where: "event_type = 'request'", window: '1h', refresh: '30s' },
  p99_day: { measure: 'quantile(0.99, value)', where: "event_type = 'request'", window: '24h', refresh: '30s' },
  uniq_day: { measure: 'uniq(user_id)', window: 'day', refresh: '30s' },
  uniq_day_by_region: { measure: 'uniq(user_id)', window: '24h', refresh: '1m', by: ['region'] },
}

/** The same questions over raw. */
const DIRECT: Record<keyof typeof METRICS, [select: string, since: string]> = {
  requests_per_second: ['region, count()', '1 SECOND'],
  error_rate_5min: ["countIf(event_type = 'error') / count()", '5 MINUTE'],
  revenue_today: ["sumIf(value, event_type = 'purchase')", 'DAY'],
  p99_latency_1h: ["quantileDDIf(0.01, 0.99)(toFloat64(value), event_type = 'request')", '1 HOUR'],
  p99_day: ["quantileDDIf(0.01, 0.99)(toFloat64(value), event_type = 'request')", '24 HOUR'],
  uniq_day: ['uniqCombined64(14)(user_id)', 'DAY'],
  uniq_day_by_region: ['region, uniqCombined64(14)(user_id)', '24 HOUR'],
}

const RUNS = 40

/** Each metric's query over `millions` of raw rows spread over two days, against the same answer from raw, and the planner's estimate. */
export async function benchQuery(millions: number): Promise<void> {
  const stack = await startStack(withMetrics(METRICS))
  try {
    const asof = new Date(Math.floor(Date.now() / 60_000) * 60_000)
    const filled = await fill(stack.clickhouse, millions * 1_000_000, asof)
    const { model } = await check(`${stack.dir}/metrics.yaml`, { target: 'local' })
    const { service, rollups } = compile(model!)
    const rows: (string | number)[][] = []
    for (const metric of service.metrics) {
      const name = metric.name as keyof typeof METRICS
      const reading = rollups.readings.find(r => r.metric === name)!
      const got = await time(stack.clickhouse, metric.query, asof, RUNS)
      const [select, since] = DIRECT[name]
      const from =
        since === 'DAY'
          ? "toStartOfDay({asof:DateTime64(3, 'UTC')}, 'Europe/Berlin')"
          : `{asof:DateTime64(3, 'UTC')} - INTERVAL ${since}`
      const direct = await time(
        stack.clickhouse,
        `SELECT ${select} FROM shop.raw_events WHERE ts >= ${from} AND ts < {asof:DateTime64(3, 'UTC')}${select.startsWith('region') ? ' GROUP BY region' : ''}`,
        asof,
        3,
      )
      rows.push([
        name,
        reading.rungs.map(rung => rung.rollup.replace('rollup_events_', '')).join(' + '),
        reading.estimate.rows,
        got.rows,
        ms(reading.estimate.ms),
        ms(got.p50),
        ms(got.p99),
        direct.rows.toLocaleString('en'),
        ms(direct.p50),
        `${Math.round(direct.p50 / got.p50)}×`,
      ])
    }
    table(
      `Queries over ${millions} million raw rows (filled at ${Math.round(filled).toLocaleString('en')} rows/s through the views)`,
      [
        'metric',
        'rollups',
        'rows estimated',
        'rows read',
        'estimate',
        'p50',
        'p99',
        'rows of raw',
        'raw p50',
        'faster',
      ],
      rows,
    )
  } finally {
    await stack.stop()
  }
}

/** Rows spread evenly over the two days before `end`. */
async function fill(clickhouse: ClickHouse, rows: number, end: Date): Promise<number> {
  const STEP = 500_000
  const started = performance.now()
  for (let done = 0; done < rows; done += STEP)
    await clickhouse.command(
      `INSERT INTO shop.raw_events (event_id, event_type, user_id, value, ts, region)
       SELECT number, ['request', 'request', 'request', 'page_view', 'purchase', 'error'][1 + number % 6], intHash32(number) % 200000, (intHash32(number + 7) % 100000) / 100,
         {end:DateTime64(3, 'UTC')} - toIntervalMillisecond(1 + toUInt64(number * ${172_800_000 / rows})), ['eu', 'us', 'ap', 'sa', 'me'][1 + intHash32(number + 3) % 5]
       FROM numbers(${done}, ${STEP}) SETTINGS max_partitions_per_insert_block = 0, max_insert_threads = 1`,
      { end },
    )
  return (rows / (performance.now() - started)) * 1000
}

async function time(
  clickhouse: ClickHouse,
  sql: string,
  asof: Date,
  runs: number,
): Promise<{ p50: number; p99: number; rows: number }> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const started = performance.now()
    await clickhouse.query(sql, { asof }, { queryId: `bench-${sql.length}-${i}-${started}` })
    times.push(performance.now() - started)
  }
  await clickhouse.command('SYSTEM FLUSH LOGS')
  const [row] = await clickhouse.query<{ rows: string }>(
    "SELECT read_rows AS rows FROM system.query_log WHERE type = 'QueryFinish' AND startsWith(query_id, {id:String}) ORDER BY event_time_microseconds DESC LIMIT 1",
    { id: `bench-${sql.length}-` },
  )
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), rows: Number(row?.rows ?? Number.NaN) }
}
