import type { CalendarUnit, Metric, Window } from '../model/model.js'

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

/** Every time zone's offset is a multiple of 15 minutes: buckets of UTC that divide it end where any zone's hours and days do. */
const ZONE_STEP = 900 * SECOND

/**
 * Lengths that a finest bucket may have, longest first: all divide 15 minutes. Few, so that metrics meet in the same
 * rollups and one that comes or goes seldom moves another.
 */
const FINE = [900, 300, 60, 30, 15, 5, 1].map(s => s * SECOND).concat([500, 250, 100, 50])

/** Coarse buckets for the closed part of long windows; each is a multiple of every fine one and of the one before. */
export const COARSE = [ZONE_STEP, HOUR, DAY] as const

/** Longest a calendar window can get, in ms (a day of 25 hours, a month of 31 such days less one). */
const CALENDAR_MS: Record<CalendarUnit, number> = {
  hour: HOUR,
  day: 25 * HOUR,
  week: 7 * DAY + HOUR,
  month: 31 * DAY + HOUR,
}

/** Length of a window in ms; for a calendar window its longest. */
export const windowMs = (window: Window): number => (window.kind === 'trailing' ? window.ms : CALENDAR_MS[window.unit])

/** The longest bucket whose edges meet every edge of the metric's windows; undefined when none of 50 ms or more does. */
export function finestNeeded(metric: Pick<Metric, 'window' | 'refreshMs'>): number | undefined {
  const edges = metric.window.kind === 'trailing' ? [metric.refreshMs, metric.window.ms] : [metric.refreshMs]
  return FINE.find(bucket => edges.every(edge => edge % bucket === 0))
}
