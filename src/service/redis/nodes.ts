import type { Redis } from '../../clients/redis.js'
import type { SourceStats } from '../ingest/stats.js'
import { keys } from './keys.js'

/** What a process of the service says of itself, about once a second. */
export interface Node {
  readonly id: string
  /** Where it listens: reachable from its own network. */
  readonly url: string
  readonly roles: readonly string[]
  /** Hash of the configuration in force, or null. */
  readonly config: string | null
  /** Whether it holds the publishers' lease. */
  readonly publishing: boolean
  /** Counters of its front door. */
  readonly ingest: readonly SourceStats[]
}

/** As it was said, `said` times before. */
export type SaidNode = Node & { readonly said: number }

const SAY_MS = 1000
/** A node that has said nothing for so long is gone. */
const GONE_MS = 5000

/** Says what this node is until stopped, then takes it back. */
export function announce(redis: Redis, project: string, node: () => Node): () => Promise<void> {
  let said = 0
  const say = (): void => {
    if (!redis.connected()) return
    const one: SaidNode = { ...node(), said: said++ }
    const saying = [
      redis.send(['SET', keys.node(project, one.id), JSON.stringify(one), 'PX', String(GONE_MS)]),
      redis.send(['SADD', keys.nodes(project), one.id]),
    ]
    Promise.all(saying).catch(() => {}) // said again in a moment
  }
  const timer = setInterval(say, SAY_MS)
  redis.watch(say)
  return async () => {
    clearInterval(timer)
    const { id } = node()
    await Promise.all([
      redis.send(['DEL', keys.node(project, id)]),
      redis.send(['SREM', keys.nodes(project), id]),
    ]).catch(() => {})
  }
}

/** The nodes of a project that are alive, by id. Throws RedisError. */
export async function liveNodes(redis: Redis, project: string): Promise<SaidNode[]> {
  const ids = (await redis.send<string[]>(['SMEMBERS', keys.nodes(project)])).sort()
  if (ids.length === 0) return []
  const texts = await redis.send<(string | null)[]>(['MGET', ...ids.map(id => keys.node(project, id))])
  const gone = ids.filter((_, i) => texts[i] == null)
  if (gone.length > 0) await redis.send(['SREM', keys.nodes(project), ...gone])
  return texts.flatMap(text => (text == null ? [] : [JSON.parse(text) as SaidNode]))
}
