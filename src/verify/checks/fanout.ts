import { setTimeout as sleep } from 'node:timers/promises'
import { CHANNEL } from '../../service/redis/keys.js'
import { type Check, type Evidence, skipped } from '../check.js'
import { quantile, rounded } from '../quantile.js'
import type { Finding } from '../report.js'

const LIMIT_MS = 50
const PROBES = 20
const PAUSE_MS = 20

/**
 * From the hand-over to the fan-out until a viewer has it. The median is judged: a rare late one is part of `latency`
 * already, and on a busy machine says more about the machine.
 */
export const fanout: Check = {
  id: 'fanout',
  group: 4,
  run: async evidence => [...throughNodes(evidence), ...(await throughRedis(evidence))],
}

function throughNodes({ compiled: { model }, viewers }: Evidence): Finding[] {
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
}

/** Messages that no node takes for an update, from Redis back to a subscriber of its own. */
async function throughRedis({ redis, database }: Evidence): Promise<Finding[]> {
  if (redis === undefined) return []
  const sent = new Map<string, number>()
  const times: number[] = []
  const leave = redis.subscribe(CHANNEL, text => {
    const at = sent.get(text)
    if (at !== undefined) times.push(performance.now() - at)
  })
  for (let n = 0; n < PROBES; n++) {
    const text = JSON.stringify({ project: database, probe: `${process.pid}-${n}` })
    sent.set(text, performance.now())
    await redis.send(['PUBLISH', CHANNEL, text])
    await sleep(PAUSE_MS)
  }
  leave()
  const about = {
    observed: rounded(quantile(times, 0.5)),
    limit: LIMIT_MS,
    unit: 'ms',
    detail: `median of ${times.length} messages on ${CHANNEL}`,
  } as const
  if (times.length < PROBES)
    return [{ ...about, verdict: 'fail', reason: `${PROBES - times.length} of ${PROBES} messages never came` }]
  if (about.observed !== null && about.observed < LIMIT_MS) return [{ ...about, verdict: 'pass' }]
  return [{ ...about, verdict: 'fail', reason: 'Redis is slow, or far away' }]
}
