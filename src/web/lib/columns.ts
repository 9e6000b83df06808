import type { SeriesValue } from './protocol.js'
import { seriesValues } from './series.js'

/** A point of a chart, live or from history. */
export interface Point {
  readonly timestamp: number
  readonly value: number | null
  readonly series?: readonly SeriesValue[]
}

/** Columns as the chart wants them: times (epoch ms), the total, then one for each line slot. */
export type Columns = [number[], ...(number | null)[][]]

/**
 * Points as columns. Where points stop coming for more than three steps, a null is put in between: a pause is a gap,
 * not a straight line. Points that are thinner than the step throughout, as a filled-in past may be, are no pause.
 */
export function toColumns(
  points: readonly Point[],
  by: readonly string[],
  slots: readonly (string | null)[],
  stepMs: number,
): Columns {
  const times: number[] = []
  const totals: (number | null)[] = []
  const lines = slots.map((): (number | null)[] => [])
  const add = (timestamp: number, total: number | null, values?: Map<string, number | null>) => {
    times.push(timestamp)
    totals.push(total)
    slots.forEach((name, i) => {
      lines[i]!.push(name === null ? null : (values?.get(name) ?? null))
    })
  }
  const apart = (i: number) => points[i]!.timestamp - points[i - 1]!.timestamp
  points.forEach((point, i) => {
    const usual = i > 1 ? apart(i - 1) : i === 1 && points.length > 2 ? apart(2) : Number.POSITIVE_INFINITY
    if (i > 0 && apart(i) > 3.5 * Math.max(stepMs, usual)) add(point.timestamp - apart(i) / 2, null)
    add(point.timestamp, point.value, slots.length > 0 ? seriesValues(point, by) : undefined)
  })
  return [times, totals, ...lines]
}

/** History with the live points after it, as far apart as its own; the newest one always, as that is the value shown. */
export function extend(past: readonly Point[], live: readonly Point[], stepMs: number): Point[] {
  const points = [...past]
  for (const point of live) if (point.timestamp >= (points.at(-1)?.timestamp ?? 0) + stepMs) points.push(point)
  const newest = live.at(-1)
  if (newest && newest.timestamp > (points.at(-1)?.timestamp ?? 0)) points.push(newest)
  return points
}

/** Vertical range for values between `low` and `high`: from zero when zero is near, else with some air. */
export function valueRange(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  if (low === high) return low === 0 ? [0, 1] : low > 0 ? [0, low * 1.5] : [low * 1.5, 0]
  const air = (high - low) * 0.12
  if (low >= 0 && low < high * 0.6) return [0, high + high * 0.1]
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air]
}
