import { type Check, skipped } from '../check.js'
import { quantile, rounded } from '../quantile.js'

const LIMIT_MS = 50

/**
 * From the hand-over to the fan-out until a viewer has it. The median is judged: a rare late one is part of `latency`
 * already, and on a busy machine says more about the machine.
 */
export const fanout: Check = {
  id: 'fanout',
  group: 4,
  run: ({ compiled: { model }, viewers }) => {
    const pushed = model.metrics.filter(({ deliver }) => deliver !== 'poll')
    const times = pushed.flatMap(({ name }) =>
      viewers[0].of(name).flatMap(({ update, received }) => {
        const published = update.canary?.published
        // What was kept before the viewer came was not published to it.
        return published === undefined ? [] : [received - published]
      }),
    )
    if (pushed.length === 0) return [skipped('every metric is polled')]
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)]
    if (p50 === null) return [skipped('no update with a canary came while measuring')]
    const detail = `median of ${times.length} updates; p99 ${rounded(p99)} ms`
    const about = { observed: rounded(p50), limit: LIMIT_MS, unit: 'ms', detail } as const
    if (p50 < LIMIT_MS) return [{ ...about, verdict: 'pass' }]
    return [{ ...about, verdict: 'fail', reason: 'updates wait between publisher and viewer' }]
  },
}
