import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { ClickHouse } from '../src/clients/clickhouse.js'
import { createRedis } from '../src/clients/redis.js'
import { testClickHouse } from '../src/embedded/testing.js'
import { createSeenIds } from '../src/service/redis/seenIds.js'
import { startService } from '../src/service/server.js'
import { applyConfig, createPipeline, insertEvents, metrics, serviceConfig } from '../src/service/testing/fixture.js'
import type { Update } from '../src/service/update.js'
import { startRedis } from '../test/stack/redis.js'
import { ms, quantile, table } from './lib/print.js'

const SECONDS = 15
const IDS = 200_000
const IDS_AT_ONCE = 5000

/** From the hand-over to Redis on one node until a viewer of another has the update; and how fast ids are claimed. */
export async function benchFanout(): Promise<void> {
  const [ch, redis] = await Promise.all([testClickHouse(), startRedis()])
  const stateDir = mkdtempSync(join(tmpdir(), 'rtdash-bench-'))
  const start = (roles: readonly ('publish' | 'push')[]) =>
    startService({ clickhouse: ch.client, database: 'shop', port: 0, stateDir, roles, redis: { url: redis.url } })
  await createPipeline(ch.client, 'shop')
  await applyConfig(ch.client, serviceConfig('shop', metrics('shop')))
  const services = [await start(['publish']), await start(['push']), await start(['push'])]
  try {
    const times = (await Promise.all(services.slice(1).map(({ url }) => watch(url, ch.client)))).flat()
    table(
      `Fan-out through Redis: published on one node, at a viewer of another, ${SECONDS} s, two push nodes`,
      ['updates', 'p50', 'p99'],
      [[times.length, ms(quantile(times, 0.5)), ms(quantile(times, 0.99))]],
    )
    const claims = await claimRate(redis.url)
    table('Ids claimed and confirmed in Redis, 5,000 at a time', ['ids/s'], [[Math.round(claims).toLocaleString('en')]])
  } finally {
    for (const service of services) await service.stop()
    await redis.stop()
    await ch.stop()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** Watches one node while canaries flow: updates that carry one say when they were published. */
async function watch(url: string, db: ClickHouse): Promise<number[]> {
  const times: number[] = []
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
  await new Promise(resolve => socket.once('open', resolve))
  socket.on('message', data => {
    const { canary } = JSON.parse(String(data)) as Update
    if (canary?.published) times.push(Date.now() - canary.published)
  })
  socket.send(JSON.stringify({ action: 'subscribe', metrics: ['requests', 'error_rate', 'revenue'] }))
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) {
    const at = Date.now()
    await insertEvents(db, 'shop', [{ at, canary: at }])
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  socket.close()
  return times.slice(3) // the first of each metric was kept before the viewer came
}

async function claimRate(url: string): Promise<number> {
  const redis = createRedis({ url })
  await new Promise<void>(resolve => redis.watch(resolve))
  const ids = createSeenIds(redis, { project: 'shop', source: 'events', dedupMs: 600_000 })
  const started = performance.now()
  for (let from = 0; from < IDS; from += IDS_AT_ONCE) {
    const some = Array.from({ length: IDS_AT_ONCE }, (_, i) => String(from + i))
    await ids.claim(some)
    await ids.confirm(some)
  }
  redis.close()
  return IDS / ((performance.now() - started) / 1000)
}
