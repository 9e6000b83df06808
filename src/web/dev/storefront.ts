import type { Update } from '../lib/protocol.js'

/** A catalogue entry of the fake service and the way its values come about. */
export interface FakeMetric {
  readonly entry: Readonly<Record<string, unknown>> & { readonly name: string; readonly refresh_ms: number }
  /** How far behind the clock an update's instant is, in ms. */
  readonly settleMs: number
  readonly at: (time: number) => Omit<Update, 'metric' | 'timestamp'>
}

const wave = (time: number, periodS: number, phase = 0) => Math.sin((time / 1_000 / periodS) * 2 * Math.PI + phase)
const noise = (time: number, seed: number) => {
  const x = Math.sin(time * 0.0127 + seed * 78.233) * 43_758.5453
  return x - Math.floor(x) - 0.5
}
const REGIONS = { 'eu-central': 92, 'us-east': 61, 'us-west': 38, 'ap-south': 27, 'sa-east': 14 }

function requests(time: number): Omit<Update, 'metric' | 'timestamp'> {
  const series = Object.entries(REGIONS).map(([region, base], i) => ({
    region,
    value: Math.max(
      0,
      Math.round(base * (1 + 0.14 * wave(time, 47 + 9 * i, i) + 0.05 * wave(time, 8, 2 * i) + 0.09 * noise(time, i))),
    ),
  }))
  return { value: series.reduce((sum, { value }) => sum + value, 0), series }
}

/** The five metrics of the storefront example, with invented values. */
export const STOREFRONT: readonly FakeMetric[] = [
  {
    entry: {
      name: 'requests_per_second',
      title: 'Requests per second',
      unit: 'req/s',
      owner: 'platform',
      tier: 1,
      deliver: 'ws',
      by: ['region'],
      window: '1s',
      refresh_ms: 250,
      cache_ms: 250,
      description: 'Every request the shop answered in the last second, by region of the visitor.',
      sla: { latency_ms: 1_000, query_ms: 100, lag_ms: 30_000 },
    },
    settleMs: 200,
    at: requests,
  },
  {
    entry: {
      name: 'error_rate_5min',
      title: 'Error rate',
      unit: 'ratio',
      owner: 'platform',
      tier: 2,
      deliver: 'sse',
      by: [],
      window: '5m',
      refresh_ms: 5_000,
      cache_ms: 5_000,
      description: 'Share of events that are errors.',
      sla: { latency_ms: 10_000 },
    },
    settleMs: 1_000,
    at: time => ({ value: 0.021 + 0.006 * wave(time, 610) + 0.003 * wave(time, 95, 1) + 0.0016 * noise(time, 7) }),
  },
  {
    entry: {
      name: 'revenue_today',
      title: 'Revenue today',
      unit: 'EUR',
      owner: 'sales',
      tier: 2,
      deliver: 'ws',
      by: [],
      window: 'day',
      refresh_ms: 10_000,
      cache_ms: 10_000,
      description: 'Sum of all purchases since midnight in Berlin.',
      sla: { latency_ms: 15_000 },
    },
    settleMs: 1_000,
    at: time => {
      const seconds = (time % 86_400_000) / 1_000
      return { value: Math.round((18_400 + seconds * 1.9 + 900 * wave(time, 2_000)) * 100) / 100 }
    },
  },
  {
    entry: {
      name: 'daily_active_users',
      title: 'Daily active users',
      unit: '',
      owner: 'growth',
      tier: 3,
      deliver: 'poll',
      by: [],
      window: 'day',
      refresh_ms: 300_000,
      cache_ms: 300_000,
      description: 'People seen since midnight, each counted once.',
      sla: { latency_ms: 610_000 },
    },
    settleMs: 5_000,
    at: time => {
      const share = (time % 86_400_000) / 86_400_000
      return { value: Math.round(48_200 * share ** 0.7 + 60 * noise(time, 3)) }
    },
  },
  {
    entry: {
      name: 'p99_latency_1h',
      title: 'p99 latency',
      unit: 'ms',
      owner: 'platform',
      tier: 2,
      deliver: 'ws',
      by: [],
      window: '1h',
      refresh_ms: 30_000,
      cache_ms: 30_000,
      description: '99 of 100 requests in the last hour were faster.',
      sla: { latency_ms: 40_000 },
    },
    settleMs: 1_000,
    at: time => ({ value: 214 + 31 * wave(time, 3_900) + 9 * wave(time, 700, 2) + 5 * noise(time, 5) }),
  },
]
