import { createSamples, type Samples } from '../samples.js'

/** What the loader has done of one source since its start, and how far it is behind. */
export interface LoaderStats {
  readonly source: string
  /** Rows stored, records rejected, records left out because their id was seen within `dedup`. */
  readonly rows: number
  readonly rejected: number
  readonly duplicates: number
  readonly inserts: number
  readonly insertMs: { readonly p50: number | null; readonly p99: number | null }
  /** Partitions that this process has, dead letters' included. */
  readonly partitions: number
  /** Records that are in the topic and not committed, and how long the oldest of them has waited, of these partitions. */
  readonly lagMessages: number
  readonly lagMs: number
}

export interface Counters {
  rows: number
  rejected: number
  duplicates: number
  readonly insertMs: Samples
}

export const newCounters = (): Counters => ({ rows: 0, rejected: 0, duplicates: 0, insertMs: createSamples() })
