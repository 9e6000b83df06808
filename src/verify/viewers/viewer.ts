import type { Metric } from '../../model/model.js'
import type { Update } from '../../service/update.js'

/** An update as a viewer got it; `received` in epoch ms. */
export interface Received {
  readonly update: Update
  readonly received: number
}

/** One viewer of every metric, each on its own channel. */
export interface Viewer {
  /** Updates of a metric in the order received; one that a poll brings again is kept once. */
  of(metric: string): readonly Received[]
  /** What the service said instead of values. */
  trouble(metric: string): string | undefined
  close(): Promise<void>
}

/** Where channels put what they get. */
export interface Inbox {
  update(update: Update): void
  trouble(metrics: readonly string[], message: string): void
}

/** Opens one channel for some metrics; yields the way to close it. */
export type Channel = (metrics: readonly Metric[], inbox: Inbox) => Promise<() => Promise<void>>
