import type { Redis } from '../../clients/redis.js'
import { CHANNEL } from '../../service/redis/keys.js'
import { liveNodes, type Node } from '../../service/redis/nodes.js'
import { type Check, skipped } from '../check.js'
import type { Finding } from '../report.js'

/** Redis shows a subscriber for each push node, every push node has this configuration, and one publisher is at work. */
export const redis: Check = {
  id: 'redis',
  group: 4,
  run: async ({ compiled: { model, service }, redis, database }) => {
    if (model.target.redis === undefined) return [skipped('this target has no Redis: the fan-out is a call')]
    if (redis === undefined) return [skipped('verify was not given a connection to Redis')]
    const nodes = await liveNodes(redis, database)
    const push = nodes.filter(({ roles }) => roles.includes('push'))
    return [await subscribers(redis, push), configured(push, service.hash), publishing(nodes)]
  },
}

async function subscribers(redis: Redis, push: readonly Node[]): Promise<Finding> {
  const [, count] = await redis.send<[channel: string, count: number]>(['PUBSUB', 'NUMSUB', CHANNEL])
  const about = { observed: count, limit: Math.max(1, push.length), unit: 'subscribers' } as const
  if (count >= about.limit) return { ...about, verdict: 'pass', detail: `of ${CHANNEL}` }
  return { ...about, verdict: 'fail', reason: `a push node does not listen to ${CHANNEL}: see its /healthz` }
}

function configured(push: readonly Node[], hash: string): Finding {
  const others = push.filter(({ config }) => config !== hash)
  const about = { observed: push.length - others.length, limit: push.length, unit: 'configured nodes' } as const
  if (push.length === 0) return { ...about, limit: 1, verdict: 'fail', reason: 'there is no push node: rtdash serve' }
  if (others.length === 0) return { ...about, verdict: 'pass', detail: push.map(({ url }) => url).join(', ') }
  const list = others.map(({ url, config }) => `${url} has ${config ?? 'none'}`).join(', ')
  return { ...about, verdict: 'fail', reason: `not configuration ${hash}: ${list}` }
}

function publishing(nodes: readonly Node[]): Finding {
  const able = nodes.filter(({ roles }) => roles.includes('publish')).length
  const active = nodes.filter(node => node.publishing).length
  const about = { observed: active, limit: 1, unit: 'active publishers' } as const
  if (active === 1) return { ...about, verdict: 'pass', detail: `${able - 1} on standby` }
  return { ...about, verdict: 'fail', reason: able === 0 ? 'no node has the role publish' : 'see /healthz of each' }
}
