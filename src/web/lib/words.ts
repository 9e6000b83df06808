import type { Channel, Tier } from './catalogue.js'
import type { Freshness } from './freshness.js'

export const TIER_WORDS: Readonly<Record<Tier, string>> = {
  1: 'Tier 1, sub-second',
  2: 'Tier 2, near real time',
  3: 'Tier 3, periodic',
}

export const CHANNEL_WORDS: Readonly<Record<Channel, readonly [short: string, long: string]>> = {
  ws: ['WebSocket', 'promised over WebSocket'],
  sse: ['SSE', 'promised over server-sent events'],
  poll: ['Polling', 'promised over polling'],
}

export const FRESHNESS_WORDS: Readonly<Record<Freshness, string>> = {
  fresh: 'On time',
  late: 'Late',
  stale: 'Stale',
  waiting: 'Waiting',
}

const CALENDAR: Readonly<Record<string, string>> = {
  hour: 'this hour',
  day: 'today',
  week: 'this week',
  month: 'this month',
}
const UNITS: Readonly<Record<string, string>> = { ms: 'ms', s: 's', m: 'min', h: 'h', d: 'days' }

/** A metric's window in words: `5m` → `last 5 min`, `day` → `today`. */
export function windowText(window: string): string {
  const calendar = CALENDAR[window]
  if (calendar) return calendar
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(window) ?? []
  if (!amount || !unit) return window
  return `last ${amount} ${unit === 'd' && amount === '1' ? 'day' : UNITS[unit]}`
}

/** A duration in ms in words: `250 ms`, `5 s`, `5 min`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 60_000) return `${ms / 1_000} s`
  if (ms < 3_600_000) return `${Math.round(ms / 6_000) / 10} min`
  return `${Math.round(ms / 360_000) / 10} h`
}
