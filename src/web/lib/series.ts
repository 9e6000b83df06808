import type { SeriesValue, Update } from './protocol.js'

/** How many series get a line (and a colour) of their own. */
export const MAX_LINES = 8

/** Name of a series: its dimensions' values in the order of the metric's `by`. */
export function seriesName(series: SeriesValue, by: readonly string[]): string {
  return by.map(dimension => dimensionText(series[dimension])).join(' · ')
}

function dimensionText(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  return value === '' ? 'empty' : String(value)
}

/** Series names by their mean size over these updates, largest first: an order that does not jump with every update. */
export function rankSeries(updates: readonly Pick<Update, 'series'>[], by: readonly string[]): string[] {
  const sums = new Map<string, number>()
  for (const update of updates)
    for (const series of update.series ?? []) {
      const name = seriesName(series, by)
      sums.set(name, (sums.get(name) ?? 0) + Math.abs(series.value ?? 0))
    }
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name)
}

/** Line slots: a series stays in its slot, and so keeps its colour, as long as it is shown; newcomers take what is free. */
export function assignSlots(
  slots: readonly (string | null)[],
  ranked: readonly string[],
  max = MAX_LINES,
): (string | null)[] {
  const wanted = new Set(ranked.slice(0, max))
  const next = Array.from({ length: max }, (_, i) => (wanted.has(slots[i] ?? '') ? (slots[i] ?? null) : null))
  for (const name of wanted) if (!next.includes(name)) next[next.indexOf(null)] = name
  return next
}

/** Value of each series of one update, by name. */
export function seriesValues(update: Pick<Update, 'series'>, by: readonly string[]): Map<string, number | null> {
  return new Map((update.series ?? []).map(series => [seriesName(series, by), series.value]))
}
