import { setTimeout as sleep } from 'node:timers/promises'
import type { Metric } from '../../model/model.js'
import { liveNodes, type Node } from '../../service/redis/nodes.js'
import { type Check, type Evidence, skipped } from '../check.js'
import type { Finding } from '../report.js'
import { openViewer } from '../viewers/open.js'
import type { Viewer } from '../viewers/viewer.js'

const LIMIT_MS = 1000
/** How long viewers of the single nodes are watched at most. */
const WATCHED_MS = 5000

/** Two viewers get the same value for the same instant, less than a second apart; where there are several push nodes, on any two of them. */
export const viewersAgree: Check = {
  id: 'viewers-agree',
  group: 4,
  run: async evidence => {
    const { metrics } = evidence.compiled.model
    return [agreement(metrics, ...evidence.viewers), ...(await acrossNodes(evidence))]
  },
}

async function acrossNodes(evidence: Evidence): Promise<Finding[]> {
  const { redis, database, compiled, durationMs, signal } = evidence
  if (redis === undefined) return []
  const push = (await liveNodes(redis, database)).filter(({ roles }) => roles.includes('push'))
  if (push.length < 2) return [skipped('there is one push node: nobody to compare it with')]
  const reached = await Promise.all(push.map(isReachable))
  const [first, ...others] = push.filter((_, i) => reached[i])
  if (first === undefined || others.length === 0)
    return [skipped(`not reachable from here: ${push.map(({ url }) => url).join(', ')}`)]
  const { metrics } = compiled.model
  const viewers = await Promise.all(
    [first, ...others].map(({ url }) => openViewer({ ...evidence.service, url }, metrics)),
  )
  try {
    await sleep(Math.min(durationMs, WATCHED_MS), undefined, { signal })
    return others.map(({ url }, i) => {
      const finding = agreement(metrics, viewers[0]!, viewers[i + 1]!)
      return { ...finding, detail: [`${first.url} and ${url}`, finding.detail].filter(Boolean).join(': ') }
    })
  } finally {
    await Promise.all(viewers.map(viewer => viewer.close()))
  }
}

const isReachable = ({ url }: Node): Promise<boolean> =>
  fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2000) }).then(
    answer => answer.ok,
    () => false,
  )

function agreement(metrics: readonly Metric[], one: Viewer, other: Viewer): Finding {
  let [apart, compared] = [0, 0]
  for (const { name, deliver } of metrics) {
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
