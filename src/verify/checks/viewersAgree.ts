import { type Check, type Evidence, skipped } from '../check.js'
import type { Finding } from '../report.js'

const LIMIT_MS = 1000

/** Two viewers get the same value for the same instant, less than a second apart. */
export const viewersAgree: Check = {
  id: 'viewers-agree',
  group: 4,
  run: evidence => [agreement(evidence)],
}

function agreement({ compiled: { model }, viewers: [one, other] }: Evidence): Finding {
  let [apart, compared] = [0, 0]
  for (const { name, deliver } of model.metrics) {
    const seen = new Map(other.of(name).map(got => [got.update.timestamp, got]))
    // The first is what was kept before they came: each got it when it connected.
    for (const { update, received } of one.of(name).slice(1)) {
      const twin = seen.get(update.timestamp)
      if (twin === undefined) continue
      compared++
      if (twin.update.value !== update.value || twin.update.exact !== update.exact) {
        const reason = `metric ${name} at ${update.timestamp}: ${update.value} and ${twin.update.value}`
        return { metric: name, observed: 'different', limit: 'same', verdict: 'fail', reason }
      }
      // Who polls chooses when; only what is pushed comes to both at once.
      if (deliver !== 'poll') apart = Math.max(apart, Math.abs(twin.received - received))
    }
  }
  if (compared === 0) return skipped('no update came to both viewers while measuring')
  const about = { observed: apart, limit: LIMIT_MS, unit: 'ms', detail: `${compared} updates compared` } as const
  if (apart < LIMIT_MS) return { ...about, verdict: 'pass' }
  return { ...about, verdict: 'fail', reason: 'one viewer gets its updates much later' }
}
