import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import type { Update } from '../update.js'
import type { Rings } from './rings.js'

const LOOK_MS = 250
/** A way to the publisher that comes back within so long was never lost. */
export const LOST_MS = 1000

/** Marks frozen numbers: no viewer may take one for live (4-protocol.md, "Updates"). */
export interface Staleness {
  apply(config: ServiceConfig | undefined): void
  stop(): void
}

/**
 * What is newest of a metric is sent again marked stale when its way is lost, or when its next update is overdue by more
 * than `sla.latency`; and unmarked when the way is back and nothing newer was published. Such an update is 1 ms after
 * the last: it takes no instant of a refresh, so that what was missed still follows in order.
 */
export function createStaleness(
  rings: Rings,
  receive: (updates: readonly Update[]) => void,
  lostSince: () => number,
): Staleness {
  let metrics: readonly MetricConfig[] = []
  /** By metric: the mark that was sent, and the update that it stands for. */
  const marked = new Map<string, { readonly mark: number; readonly update: Update }>()
  const timer = setInterval(look, LOOK_MS)

  function look(): void {
    const now = Date.now()
    const since = lostSince()
    const lost = since > 0 && now - since > LOST_MS
    const updates = metrics.flatMap(metric => check(metric, lost, now) ?? [])
    if (updates.length > 0) receive(updates)
  }

  function check(metric: MetricConfig, lost: boolean, now: number): Update | undefined {
    const latest = rings.get(metric.name)?.latest()
    if (!latest) return undefined
    const { name, refreshMs, settleMs, sla } = metric
    const known = marked.get(name)
    const original = known?.mark === latest.timestamp ? known.update : undefined
    const due = (original ?? latest).timestamp + refreshMs + settleMs + sla.latencyMs
    const frozen = lost || now > due
    const { canary: _, ...bare } = original ?? latest
    const timestamp = latest.timestamp + 1
    if (frozen && !latest.stale) {
      marked.set(name, { mark: timestamp, update: latest })
      return { ...bare, timestamp, stale: true }
    }
    if (frozen || !original) return undefined
    marked.delete(name)
    return { ...bare, timestamp }
  }

  return {
    apply: config => {
      metrics = config?.metrics ?? []
    },
    stop: () => clearInterval(timer),
  }
}
