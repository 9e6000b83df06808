import type { MetricConfig } from '../../model/serviceConfig.js'
import type { Canary, Update } from '../update.js'
import type { Reading } from './readMetric.js'

/** The update of one metric for one instant; an empty window has the metric's `empty` value. */
export function toUpdate(
  metric: MetricConfig,
  timestamp: number,
  reading: Reading,
  marks: { readonly stale?: boolean; readonly canary?: Canary | undefined } = {},
): Update {
  return {
    metric: metric.name,
    ...(reading.total ?? { value: metric.empty }),
    timestamp,
    ...(metric.by.length > 0 && { series: reading.series }),
    ...(reading.truncated && { truncated: true }),
    ...(marks.stale && { stale: true }),
    ...(marks.canary && { canary: marks.canary }),
  }
}
