/** Nearest rank, of numbers in any order; null for none, Infinity where so many are missing (counted as Infinity). */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * q) - 1))] ?? null
}

/** For reports: tenths of a ms; null where nothing finite is known. */
export const rounded = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Math.round(value * 10) / 10
