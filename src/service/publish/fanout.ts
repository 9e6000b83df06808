import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import type { Update } from '../update.js'

/** What stands between the process that computes and those that deliver. */
export interface Fanout {
  /** What is published from now on are the metrics of this configuration. */
  apply(config: ServiceConfig | undefined): void
  publish(updates: readonly Update[]): void
  /** Calls back for each publication, in order; returns the way to stop. */
  subscribe(receive: (updates: readonly Update[]) => void): () => void
  /**
   * Only where published updates are kept outside this process: from now on this metric is received, and `kept` is
   * called once with what was published before, oldest first, as soon as it can be had.
   */
  follow?(metric: MetricConfig, kept: (updates: readonly Update[]) => void): void
  /** Since when publications may be missing, epoch ms; 0 while none can be. */
  lostSince(): number
}

/** Publisher and viewers in one process: a call. */
export function localFanout(): Fanout {
  const receivers = new Set<(updates: readonly Update[]) => void>()
  return {
    apply: () => {},
    publish: updates => {
      for (const receive of receivers) receive(updates)
    },
    subscribe: receive => {
      receivers.add(receive)
      return () => void receivers.delete(receive)
    },
    lostSince: () => 0,
  }
}
