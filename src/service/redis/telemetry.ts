import { Gauge, type Registry } from 'prom-client'
import type { Redis } from '../../clients/redis.js'
import type { Feed } from './feed.js'
import type { Lease } from './lease.js'
import type { Outlet } from './outlet.js'

interface Parts {
  readonly redis: Redis
  readonly lease: Lease | undefined
  readonly outlet: Outlet | undefined
  readonly feed: Feed | undefined
}

/** Redis as this process sees it, read off at scrape time. */
export function exposeRedis(registry: Registry, { redis, lease, outlet, feed }: Parts): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `rtdash_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('redis_up', '1 while Redis answers', () => (redis.connected() ? 1 : 0))
  gauge('redis_connections', 'Connections to Redis made so far', redis.connections)
  if (lease) gauge('publisher_active', '1 while this node holds the lease of publishers', () => (lease.held() ? 1 : 0))
  if (outlet) gauge('fanout_waiting', 'Updates computed and not published yet', outlet.waiting)
  if (feed) gauge('fanout_gaps', 'Times that missed updates were read from what Redis keeps', feed.gaps)
}
