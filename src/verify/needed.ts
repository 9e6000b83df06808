import type { Metric } from '../model/model.js'

/**
 * The shortest run that can measure a metric's latency, in ms: canaries must fall on every phase of a refresh, and of a
 * cached answer, or the run reports how it happened to meet them and not what viewers get.
 */
export const neededMs = ({ refreshMs, deliver, cacheMs }: Metric): number =>
  deliver === 'poll' ? Math.max(refreshMs, cacheMs) : refreshMs
