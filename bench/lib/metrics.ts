import { readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

/** The storefront example as text, and with more metrics. */
export const storefront = (): string =>
  readFileSync(new URL('../../examples/storefront/metrics.yaml', import.meta.url), 'utf8')

type File = { metrics: Record<string, unknown>; alerts?: unknown; tests?: unknown }

/** The storefront with these metrics instead of its own. */
export function withMetrics(metrics: Record<string, unknown>): string {
  const { alerts: _, tests: __, ...file } = parse(storefront()) as File
  return stringify({ ...file, metrics })
}

/** Fifty metrics in the shapes that the storefront's five have: the same questions asked of many kinds of event. */
export function fiftyMetrics(): Record<string, unknown> {
  const metrics: Record<string, unknown> = {}
  for (let i = 0; i < 10; i++) {
    const where = `user_id % 10 = ${i}`
    metrics[`rps_${i}`] = { tier: 1, measure: 'per_second(count())', where, window: '1s', by: ['region'] }
    metrics[`errors_${i}`] = {
      measure: "count() filter (where event_type = 'error') / count()",
      where,
      window: '5m',
      refresh: '5s',
    }
    metrics[`revenue_${i}`] = {
      measure: 'sum(value)',
      where: `event_type = 'purchase' and ${where}`,
      window: 'day',
      refresh: '10s',
    }
    metrics[`users_${i}`] = { tier: 3, measure: 'uniq(user_id)', where, window: 'day', refresh: '5m' }
    metrics[`p99_${i}`] = {
      measure: 'quantile(0.99, value)',
      where: `event_type = 'request' and ${where}`,
      window: '1h',
      refresh: '30s',
    }
  }
  return metrics
}

/** A thousand metrics of six measures, six windows and three refreshes. */
export function thousandMetrics(): Record<string, unknown> {
  const windows = ['1m', '5m', '15m', '1h', 'hour', 'day']
  const measures = [
    'count()',
    'sum(value)',
    'avg(value)',
    'quantile(0.95, value)',
    'uniq(user_id)',
    "count() filter (where event_type = 'error') / count()",
  ]
  const metrics: Record<string, unknown> = {}
  for (let i = 0; i < 1000; i++)
    metrics[`metric_${i}`] = {
      tier: 2,
      measure: measures[i % measures.length],
      where: `user_id % 50 = ${i % 50}`,
      window: windows[Math.floor(i / 7) % windows.length],
      refresh: ['5s', '10s', '30s'][i % 3],
      ...(i % 4 === 0 && { by: ['region'] }),
    }
  return metrics
}
