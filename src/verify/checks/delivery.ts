import type { Metric } from '../../model/model.js'
import type { Check, Evidence } from '../check.js'
import type { Finding } from '../report.js'

/** Every metric comes out on its own channel, fresh: its newest update is no older than its refresh and SLA allow. */
export const delivery: Check = {
  id: 'delivery',
  group: 1,
  run: evidence => evidence.compiled.model.metrics.map(metric => deliveryOf(metric, evidence)),
}

function deliveryOf(metric: Metric, { viewers, endedAt }: Evidence): Finding {
  const { name, deliver, refreshMs, sla } = metric
  const updates = viewers[0].of(name).filter(({ received }) => received <= endedAt)
  const newest = updates.at(-1)?.update
  const limit = refreshMs + sla.latencyMs
  const observed = newest ? endedAt - newest.timestamp : null
  const about = { metric: name, observed, limit, unit: 'ms' } as const
  const fail = (reason: string): Finding => ({ ...about, verdict: 'fail', reason })
  const trouble = viewers[0].trouble(name)
  if (observed === null) return fail(trouble ?? `nothing came over ${deliver}`)
  if (newest?.stale) return fail('its updates are marked stale: the pipeline is behind')
  if (observed > limit) return fail(`no newer update came over ${deliver}${trouble ? `: ${trouble}` : ''}`)
  return { ...about, verdict: 'pass', detail: `age of the newest of ${updates.length} updates over ${deliver}` }
}
