import { randomUUID } from 'node:crypto'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig } from '../../model/serviceConfig.js'
import { asofAt, instantText } from '../../service/publish/asof.js'
import { type Check, type Evidence, skipped } from '../check.js'
import { quantile, rounded } from '../quantile.js'
import type { Finding } from '../report.js'

/** So many runs of each query, and at least so many to say anything of a p99. */
const RUNS = 100
const FEWEST = 50
/** For all queries together; never less than ten seconds. */
const SHARE_OF_DURATION = 1

/** p99 of each metric's own query, as the publisher runs it, against `sla.query`. */
export const query: Check = {
  id: 'query',
  group: 3,
  run: async evidence => {
    const { metrics } = evidence.compiled.service
    const mark = `rtdash-verify ${randomUUID()}`
    const times = await measure(metrics, mark, evidence)
    const rows = await rowsRead(evidence.clickhouse, mark)
    return metrics.map(metric => judge(metric, times.get(metric.name)!, rows.get(metric.name)))
  },
}

/** Runs the queries by turns, so that all see the same machine; one that fails counts as never answered. */
async function measure(
  metrics: readonly MetricConfig[],
  mark: string,
  { clickhouse, durationMs, signal }: Evidence,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(metrics.map(({ name }) => [name, []]))
  const end = Date.now() + Math.max(10_000, durationMs * SHARE_OF_DURATION)
  for (let run = 0; run < RUNS && Date.now() < end; run++) {
    for (const metric of metrics) {
      signal.throwIfAborted()
      const asof = instantText(asofAt(Date.now(), metric))
      const started = performance.now()
      const settings = { log_comment: `${mark} ${metric.name}` }
      const failed = await clickhouse.query(metric.query, { asof }, { settings }).then(
        () => false,
        () => true,
      )
      times.get(metric.name)!.push(failed ? Number.POSITIVE_INFINITY : performance.now() - started)
    }
  }
  return times
}

/** Rows read by one run of each query, from the server's own log; empty where this account may not see it. */
async function rowsRead(clickhouse: ClickHouse, mark: string): Promise<Map<string, number>> {
  try {
    await clickhouse.command('SYSTEM FLUSH LOGS')
    const rows = await clickhouse.query<{ comment: string; rows: number }>(
      `SELECT log_comment AS comment, avg(read_rows) AS rows FROM system.query_log
       WHERE event_date >= today() - 1 AND type = 'QueryFinish' AND startsWith(log_comment, {mark:String}) GROUP BY comment`,
      { mark },
    )
    return new Map(rows.map(({ comment, rows }) => [comment.slice(mark.length + 1), Math.round(rows)]))
  } catch {
    return new Map()
  }
}

function judge({ name, sla }: MetricConfig, times: readonly number[], rows: number | undefined): Finding {
  if (times.length < FEWEST)
    return skipped(`${times.length} runs in the time, ${FEWEST} are needed: run with a longer --duration`, {
      metric: name,
    })
  const [p50, p99] = [quantile(times, 0.5)!, quantile(times, 0.99)!]
  const read = rows === undefined ? '' : `; ${rows.toLocaleString('en-US')} rows read`
  const detail = `p99 of ${times.length} runs; p50 ${rounded(p50)} ms${read}`
  const about = { metric: name, observed: rounded(p99), limit: sla.queryMs, unit: 'ms', detail } as const
  if (p99 <= sla.queryMs) return { ...about, verdict: 'pass' }
  return { ...about, verdict: 'fail', reason: p99 === Number.POSITIVE_INFINITY ? 'it failed' : 'slower than promised' }
}
