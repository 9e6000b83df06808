import type { CalendarUnit } from '../../model/model.js'
import type { Reading } from '../../model/rollup.js'
import { str } from './text.js'

// Instants in a query are Int64 epoch milliseconds; only their comparison with `bucket` is in DateTime64.

/** Start of the window that ends at `asof`, an expression of epoch ms. */
export function windowStart(window: Reading['window'], timezone: string, asof: string): string {
  if (window.kind === 'trailing') return `${asof} - ${window.ms}`
  const at = `fromUnixTimestamp64Milli(${asof}, ${str(timezone)})`
  return `toUnixTimestamp64Milli(toDateTime64(${calendarStart(window.unit, at)}, 3, ${str(timezone)}))`
}

/** Start of the hour, day, week (Monday) or month of an instant of the zone that it carries. */
export const calendarStart = (unit: CalendarUnit, instant: string): string =>
  ({
    hour: `toStartOfHour(${instant})`,
    day: `toStartOfDay(${instant})`,
    week: `toStartOfWeek(${instant}, 1)`,
    month: `toStartOfMonth(${instant})`,
  })[unit]

/** The next edge of a bucket at or after an instant, and the last at or before it (instants may lie before 1970). */
export const ceilTo = (instant: string, bucketMs: number): string =>
  `${instant} + positiveModulo(-(${instant}), ${bucketMs})`
export const floorTo = (instant: string, bucketMs: number): string =>
  `${instant} - positiveModulo(${instant}, ${bucketMs})`

/** The bucket that an event falls into, from its timestamp column (already written as SQL). */
export const bucketOf = (timestamp: string, bucketMs: number): string =>
  `fromUnixTimestamp64Milli(${floorTo(`toUnixTimestamp64Milli(toDateTime64(${timestamp}, 3, 'UTC'))`, bucketMs)}, 'UTC')`

/** Epoch ms as the type that buckets have. */
export const instant = (ms: string): string => `fromUnixTimestamp64Milli(${ms}, 'UTC')`
