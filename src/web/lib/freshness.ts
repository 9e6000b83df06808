import type { Update } from './protocol.js'

/** `fresh`: within the SLA; `late`: up to twice that; `stale`: beyond, or the service says so; `waiting`: nothing yet. */
export type Freshness = 'fresh' | 'late' | 'stale' | 'waiting'

/** State of a metric's newest value at `now` (server time): its age against the promised latency plus one refresh. */
export function freshness(
  update: Pick<Update, 'timestamp' | 'stale'> | null,
  promise: { readonly latencyMs: number; readonly refreshMs: number },
  now: number,
): Freshness {
  if (!update) return 'waiting'
  if (update.stale) return 'stale'
  const allowed = promise.latencyMs + promise.refreshMs
  const age = now - update.timestamp
  if (age <= allowed) return 'fresh'
  return age <= 2 * allowed ? 'late' : 'stale'
}

const ORDER: readonly Freshness[] = ['fresh', 'waiting', 'late', 'stale']

/** The worst state of all: what the wall as a whole shows. */
export function worst(states: readonly Freshness[]): Freshness {
  return states.reduce<Freshness>((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'fresh')
}

/** An age in ms as people say it: `0.3 s`, `12 s`, `4 min`, `3 h`, `2 d`. Never negative. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, ageMs) / 1_000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  if (seconds < 3_570) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}
