/** The last measurements of one thing, in ms, and how many there ever were. */
export interface Samples {
  add(ms: number): void
  summary(): { readonly n: number; readonly p50: number | null; readonly p99: number | null }
}

/** Keeps the last `size` measurements in place. */
export function createSamples(size = 500): Samples {
  const kept: number[] = []
  let n = 0
  return {
    add: ms => {
      kept[n++ % size] = ms
    },
    summary: () => {
      const sorted = [...kept].sort((a, b) => a - b)
      return { n, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
    },
  }
}

/** Nearest rank of sorted numbers; null for none. */
function quantile(sorted: readonly number[], q: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * q) - 1))]
  return value === undefined ? null : Math.round(value * 100) / 100
}
