import type { Metric, Source, Target } from '../model/model.js'

/** One part of what an event waits for, in ms. */
export interface Wait {
  readonly name: string
  readonly ms: number
}

/** What an event waits for at most before its value is computed: a refresh, then late events. Query and network come on top. */
export function waiting(metric: Metric, source: Source, target: Target): readonly Wait[] {
  const cached = metric.deliver === 'poll' && metric.cacheMs > metric.refreshMs
  return [
    cached ? { name: 'cache', ms: metric.cacheMs } : { name: 'refresh', ms: metric.refreshMs },
    onFlink(metric, target)
      ? { name: 'lateness', ms: source.latenessMs }
      : { name: 'settle time', ms: metric.settleMs },
  ]
}

/** Tier 1 is computed by Flink where the target has it; everything else by ClickHouse. */
export const onFlink = (metric: Metric, target: Target): boolean => metric.tier === 1 && target.flink !== undefined

/** How long an event waits at most, in ms. */
export const total = (waits: readonly Wait[]): number => waits.reduce((sum, wait) => sum + wait.ms, 0)
