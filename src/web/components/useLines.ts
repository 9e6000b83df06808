import { useRef, useSyncExternalStore } from 'react'
import type { Metric } from '../lib/catalogue.js'
import type { Point } from '../lib/columns.js'
import type { Feed } from '../lib/feed.js'
import { type Observable, observable } from '../lib/observable.js'
import { assignSlots, rankSeries } from '../lib/series.js'

/** Which series have a line, by slot, and all of them in order of size. */
export interface Lines {
  readonly slots: readonly (string | null)[]
  readonly ranked: readonly string[]
}

const NONE: Lines = { slots: [], ranked: [] }

/** Lines of one metric, shared by its chart and its table: looked at again at most every three seconds. */
export interface LinePicker {
  readonly lines: Observable<Lines>
  pick(points: readonly Point[], now: number): Lines
}

function createLinePicker(metric: Metric): LinePicker {
  const lines = observable(NONE)
  let pickedAt = Number.NEGATIVE_INFINITY
  return {
    lines,
    pick(points, now) {
      if (metric.by.length === 0 || now - pickedAt < 3_000) return lines.get()
      const ranked = rankSeries(points.slice(-60), metric.by)
      if (ranked.length > 0) pickedAt = now
      const slots = assignSlots(lines.get().slots, ranked)
      const next = { slots, ranked }
      if (JSON.stringify(next) !== JSON.stringify(lines.get())) lines.set(next)
      return lines.get()
    },
  }
}

/** One picker as long as the metric's dimensions stay the same. */
export function useLinePicker(metric: Metric): LinePicker {
  const made = useRef<{ key: string; picker: LinePicker }>(null)
  const key = JSON.stringify([metric.name, metric.by])
  if (made.current?.key !== key) made.current = { key, picker: createLinePicker(metric) }
  return made.current.picker
}

/** The newest update's series by name and the lines, for a table. */
export function useLines(picker: LinePicker, feed: Feed): Lines {
  useSyncExternalStore(feed.shown.subscribe, feed.shown.get)
  return useSyncExternalStore(picker.lines.subscribe, picker.lines.get)
}
