import type { Metric } from '../../model/model.js'
import { bucketLabel } from '../../naming.js'
import { type Check, type Evidence, skipped } from '../check.js'
import { neededMs } from '../needed.js'
import { quantile, rounded } from '../quantile.js'
import type { Finding } from '../report.js'
import { passagesOf } from '../stages.js'

/** p99 from sending an event to the first update a viewer receives that contains it, against `sla.latency`. */
export const latency: Check = {
  id: 'latency',
  group: 5,
  run: async evidence => {
    const findings: Finding[] = []
    for (const metric of evidence.compiled.model.metrics) findings.push(await latencyOf(metric, evidence))
    return findings
  },
}

async function latencyOf(metric: Metric, evidence: Evidence): Promise<Finding> {
  const { name, sla } = metric
  if (!evidence.measurable.has(name)) {
    const needed = bucketLabel(neededMs(metric))
    return skipped(`a refresh takes ${needed}: run with --duration ${needed}`, { metric: name })
  }
  const totals = (await passagesOf(evidence, name)).map(({ total }) => total)
  if (totals.length === 0) return skipped('no canary was accepted while counting', { metric: name })
  const [p50, p99] = [quantile(totals, 0.5)!, quantile(totals, 0.99)!]
  const missing = totals.filter(total => total === Number.POSITIVE_INFINITY).length
  const about = { metric: name, observed: rounded(p99), limit: sla.latencyMs, unit: 'ms' } as const
  if (missing > 0)
    return { ...about, verdict: 'fail', reason: `${missing} of ${totals.length} canaries did not come out` }
  const detail = `p99 of ${totals.length} canaries; p50 ${rounded(p50)} ms`
  if (p99 <= sla.latencyMs) return { ...about, verdict: 'pass', detail }
  return { ...about, verdict: 'fail', reason: 'slower than promised; the stages show where the time goes', detail }
}
