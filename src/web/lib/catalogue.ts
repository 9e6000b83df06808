import { isUpdate, type Update } from './protocol.js'

export type Tier = 1 | 2 | 3
export type Channel = 'ws' | 'sse' | 'poll'

/** One metric as the catalogue describes it; durations in milliseconds. */
export interface Metric {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly unit: string
  readonly owner: string
  readonly tier: Tier
  readonly deliver: Channel
  readonly by: readonly string[]
  /** A duration (`5m`) or a calendar window (`day`). */
  readonly window: string
  readonly refreshMs: number
  readonly cacheMs: number
  readonly latencyMs: number
  readonly latest: Update | null
}

export interface Catalogue {
  readonly project: string
  readonly title: string
  readonly timezone: string
  readonly metrics: readonly Metric[]
}

/** Reads the answer of `/api/metrics`, filling what is missing with the language's defaults. */
export function readCatalogue(body: unknown): Catalogue {
  const root = record(body)
  const project = text(root.project) || 'dashboard'
  const metrics = Array.isArray(root.metrics) ? root.metrics.map(readMetric).filter(metric => metric.name !== '') : []
  return { project, title: text(root.title) || humanise(project), timezone: validZone(text(root.timezone)), metrics }
}

function readMetric(body: unknown): Metric {
  const raw = record(body)
  const name = text(raw.name)
  const tier = raw.tier === 1 || raw.tier === 3 ? raw.tier : 2
  const refreshMs = number(raw.refresh_ms) ?? { 1: 250, 2: 5_000, 3: 300_000 }[tier]
  const cacheMs = number(raw.cache_ms) ?? refreshMs
  const defaultLatency = { 1: 1_000, 2: refreshMs + 5_000, 3: refreshMs + cacheMs + 10_000 }[tier]
  return {
    name,
    title: text(raw.title) || humanise(name),
    description: text(raw.description),
    unit: text(raw.unit),
    owner: text(raw.owner),
    tier,
    deliver: raw.deliver === 'sse' || raw.deliver === 'poll' ? raw.deliver : 'ws',
    by: Array.isArray(raw.by) ? raw.by.filter(item => typeof item === 'string') : [],
    window: text(raw.window),
    refreshMs,
    cacheMs,
    latencyMs: number(record(raw.sla).latency_ms) ?? defaultLatency,
    latest: isUpdate(raw.latest) ? raw.latest : null,
  }
}

/** `error_rate_5min` → `Error rate 5min`. */
export function humanise(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function validZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone || 'UTC'
  } catch {
    return 'UTC'
  }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
