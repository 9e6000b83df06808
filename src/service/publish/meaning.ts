import type { MetricConfig } from '../../model/serviceConfig.js'
import { contentHash } from '../../naming.js'

/** What decides a metric's values: where this is the same, old updates and new ones are one series. */
export const meaningOf = ({ query, history, refreshMs, by, limit, empty }: MetricConfig): string =>
  contentHash(JSON.stringify([query, history, refreshMs, by, limit, empty]), 12)
