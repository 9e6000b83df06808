import { createSamples, type Samples } from '../samples.js'

/** Counts since the start, per source. `accepted` includes duplicates and canaries. */
export interface SourceStats {
  readonly source: string
  readonly accepted: number
  readonly rejected: number
  readonly duplicates: number
  readonly canaries: number
  readonly unknownFields: number
  /** Decoded bytes of accepted requests. */
  readonly bytes: number
  readonly inFlight: { readonly rows: number; readonly bytes: number }
  readonly inserts: number
  readonly insertMs: { readonly p50: number | null; readonly p99: number | null }
  /** Over the last ten whole seconds. */
  readonly eventsPerSecond: number
}

const SECONDS = 10

export function createCounters() {
  const insertMs: Samples = createSamples()
  const counts = { accepted: 0, rejected: 0, duplicates: 0, canaries: 0, unknownFields: 0, bytes: 0 }
  const perSecond = new Map<number, number>()

  return {
    counts,
    insertMs,
    events(count: number, now = Date.now()) {
      const second = Math.floor(now / 1000)
      perSecond.set(second, (perSecond.get(second) ?? 0) + count)
      for (const past of perSecond.keys()) if (past < second - SECONDS) perSecond.delete(past)
    },
    eventsPerSecond(now = Date.now()) {
      const second = Math.floor(now / 1000)
      let total = 0
      for (const [at, count] of perSecond) if (at < second && at >= second - SECONDS) total += count
      return total / SECONDS
    },
  }
}
