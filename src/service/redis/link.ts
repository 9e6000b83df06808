import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { Redis } from '../../clients/redis.js'
import type { ServiceConfig, SourceConfig } from '../../model/serviceConfig.js'
import type { SharedAnswers } from '../api/memo.js'
import type { SourceStats } from '../ingest/stats.js'
import type { Log, Role } from '../options.js'
import type { Fanout } from '../publish/fanout.js'
import type { Publisher } from '../publish/job.js'
import type { Telemetry } from '../telemetry.js'
import { createSharedAnswers } from './answers.js'
import { createFeed } from './feed.js'
import { createLease } from './lease.js'
import { announce } from './nodes.js'
import { createOutlet } from './outlet.js'
import { createSeenIds, type SeenIds } from './seenIds.js'
import { exposeRedis } from './telemetry.js'

/** How the process stands with Redis, for `/healthz`. */
export interface RedisState {
  readonly redis: 'ok' | 'unreachable'
  /** Where it has the role: whether it publishes, or waits until another does no longer. */
  readonly publisher?: 'active' | 'standby'
}

/** All that a process of the service does through Redis. */
export interface RedisLink {
  readonly fanout: Fanout
  readonly answers: SharedAnswers
  /** What the front doors share of a source: the ids of its events. */
  seenIds(project: string, source: SourceConfig): SeenIds
  /** The publisher, made to work only while the lease is ours. */
  lead(publisher: Publisher): Publisher
  /** Tells the others where this one listens. */
  announce(url: string, of: { config(): ServiceConfig | undefined; ingest(): readonly SourceStats[] }): void
  state(): RedisState
  stop(): Promise<void>
}

interface LinkParts {
  readonly redis: Redis
  readonly project: string
  readonly roles: readonly Role[]
  readonly db: ClickHouse
  readonly telemetry: Telemetry
  readonly log: Log
}

const NOTE_MS = 1000
/** Listening on every address is none that others could use. */
const EVERYWHERE = /(?<=\/\/)(0\.0\.0\.0|\[::\])/

/** Publishers and push nodes apart, as many as one likes: one publishes, all receive. */
export function linkRedis({ redis, project, roles, db, telemetry, log }: LinkParts): RedisLink {
  const id = randomUUID()
  let config: ServiceConfig | undefined
  let publisher: Publisher | undefined
  let takeBack = async (): Promise<void> => {}

  const feed = roles.includes('push') ? createFeed(redis, project) : undefined
  const lease = roles.includes('publish') ? createLease(redis, project, onTurn) : undefined
  const outlet = lease && createOutlet({ redis, project, db, lease, log })
  const noting = setInterval(() => {
    if (!lease?.held()) outlet?.note().catch(() => {}) // Redis is away: its client tells
  }, NOTE_MS)
  exposeRedis(telemetry.registry, { redis, lease, outlet, feed })

  function onTurn(held: boolean): void {
    log(held ? 'this node publishes now' : 'another node publishes now')
    outlet?.turn()
    publisher?.apply(held ? config : undefined)
    if (held) return
    // What is published elsewhere is exposed there.
    telemetry.value.reset()
    telemetry.stale.reset()
  }

  const subscribe: Fanout['subscribe'] = receive => feed?.subscribe(receive) ?? (() => {})
  return {
    fanout: {
      apply: next => {
        config = next
        outlet?.apply(next)
        feed?.apply(next)
      },
      publish: updates => outlet?.publish(updates),
      subscribe,
      follow: (metric, kept) => feed?.follow(metric, kept),
      lostSince: () => feed?.lostSince() ?? 0,
    },
    answers: createSharedAnswers(redis, project, subscribe),
    seenIds: (project, { name, dedupMs = 0 }) => createSeenIds(redis, { project, source: name, dedupMs }),
    lead: led => {
      publisher = led
      return { apply: next => led.apply(lease?.held() ? next : undefined), stop: led.stop }
    },
    announce: (url, of) => {
      takeBack = announce(redis, project, () => ({
        id,
        url: url.replace(EVERYWHERE, hostname()),
        roles,
        config: of.config()?.hash ?? null,
        publishing: lease?.held() ?? false,
        ingest: of.ingest(),
      }))
    },
    state: () => ({
      redis: redis.connected() ? 'ok' : 'unreachable',
      ...(lease && { publisher: lease.held() ? 'active' : 'standby' }),
    }),
    stop: async () => {
      clearInterval(noting)
      feed?.stop()
      await Promise.all([lease?.stop(), takeBack()])
      redis.close()
    },
  }
}
