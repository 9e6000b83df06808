import type { Telemetry } from '../telemetry.js'
import type { Update } from '../update.js'

/** What was published, as Prometheus sees it. */
export function expose(telemetry: Telemetry, { metric, value, stale, canary }: Update): void {
  if (value === null) telemetry.value.remove({ metric })
  else telemetry.value.set({ metric }, value)
  telemetry.stale.set({ metric }, stale ? 1 : 0)
  if (canary) telemetry.seeCanary(metric, canary)
}
