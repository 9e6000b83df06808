import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRedis } from '../clients/redis.js'
import { healthRoutes } from './api/health.js'
import { watchConfig } from './configWatcher.js'
import { HttpError } from './http/answer.js'
import { refuseBadRequest } from './http/badRequest.js'
import { createRouter, type Route } from './http/router.js'
import { createIngest, type Ingest } from './ingest/ingest.js'
import { createLag } from './lag.js'
import { linkKafka } from './load/link.js'
import {
  type AuthOptions,
  type RunningService,
  resolveAuth,
  resolveLimits,
  rolesOf,
  type ServiceOptions,
} from './options.js'
import { createCanaries } from './publish/canaries.js'
import { localFanout } from './publish/fanout.js'
import { createLimiter } from './publish/limiter.js'
import { createPublisher } from './publish/publisher.js'
import { createPush } from './push/push.js'
import { createUpgrade } from './push/upgrade.js'
import { linkRedis } from './redis/link.js'
import { readRoutes } from './routes.js'
import { cors } from './security/cors.js'
import { ORIGIN_HELP, originAllowed } from './security/origin.js'
import { createAuthenticate, refuseUnknownHost } from './security/reader.js'
import { createTelemetry } from './telemetry.js'

/** Queries of the publisher at a time. */
const PUBLISH_QUERIES = 4
const DRAIN_MS = 5000
const OTHER_CONNECTIONS = 2000

/** Starts the roles asked for behind one HTTP server. Throws when the address is taken or readers' keys are missing. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { clickhouse: db, database, host = '127.0.0.1', port = 8080, kafka, log = () => {} } = options
  const roles = options.roles ?? rolesOf(kafka !== undefined)
  if (roles.includes('load') && !kafka)
    throw new Error('role load moves events from Kafka, and no Kafka is set up: leave it out')
  const auth = resolveAuth(options.auth, host, roles, process.env)
  const authenticate = createAuthenticate(auth)
  const telemetry = createTelemetry()
  const redis = options.redis && createRedis({ ...options.redis, log })
  const link = redis && linkRedis({ redis, project: database, roles, db, telemetry, log })
  const fanout = link?.fanout ?? localFanout()
  if (!link && roles.includes('publish') !== roles.includes('push'))
    log('publish and push apart meet in Redis, and the target has none: no value reaches a viewer')
  const watcher = watchConfig(db, database, log)
  const { config, reachable } = watcher
  const ingest = roles.includes('ingest')
    ? createIngest({
        config,
        clickhouse: db,
        ...(kafka && { kafka }),
        ...(link && { seenIds: link.seenIds }),
        stateDir: options.stateDir,
        tokens: auth.writeTokens,
        log,
      })
    : undefined
  const stream = kafka && (await linkKafka({ kafka, roles, config, clickhouse: db, log }))
  const lag = stream?.lag ?? createLag(() => ingest?.stats() ?? [])
  const limits = resolveLimits(options.limits, host)
  const push = createPush({ db, fanout, telemetry, limits, log })
  const canaries = createCanaries(db, database)
  const limit = createLimiter(PUBLISH_QUERIES)
  const computing = createPublisher({ db, fanout, canaries, telemetry, limit, lagMs: lag.of, log }, kafka)
  const publisher = link?.lead(computing) ?? computing
  let stopping = false

  const health = healthRoutes({
    config,
    reachable,
    stopping: () => stopping,
    viewers: push.viewers,
    rings: push.rings,
    telemetry,
    authenticate,
    roles,
    ingest: () => ingest?.stats() ?? [],
    load: stream?.load,
    lagMs: lag.of,
    redis: link?.state,
  })
  const routes: Route[] = [
    ...health,
    ...(ingest ? [ingestRoute(ingest, auth)] : []),
    ...(roles.includes('push')
      ? readRoutes({ db, config, push, authenticate, open: !auth.read, webDir: options.webDir, answers: link?.answers })
      : []),
  ]
  const router = createRouter(routes, {
    cors: (req, res) => cors(req, res, auth),
    log,
    done: (route, status) => telemetry.requests.inc({ route, status }),
  })
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 120_000, keepAliveTimeout: 65_000, connectionsCheckingInterval: 2000 },
    (req, res) => void router(req, res),
  )
  server.on('clientError', refuseBadRequest)
  // Room beside the viewers for those who poll, write and scrape.
  server.maxConnections = limits.connections + OTHER_CONNECTIONS
  if (roles.includes('push')) {
    const upgrade = createUpgrade(push, auth, authenticate, log)
    server.on('upgrade', (req, socket, head) => void upgrade(req, socket, head))
  }

  await listen(server, host, port).catch(async error => {
    await Promise.all([stream?.stop(), link?.stop()])
    throw error
  })
  ingest?.start()
  link?.announce(urlOf(host, server), { config, ingest: () => ingest?.stats() ?? [] })
  await watcher.start(next => {
    fanout.apply(next)
    if (roles.includes('push')) push.apply(next)
    if (roles.includes('publish')) publisher.apply(next)
  })

  return {
    url: urlOf(host, server),
    config,
    stop: async () => {
      if (stopping) return
      stopping = true
      watcher.stop()
      lag.stop()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      await ingest?.stop()
      publisher.stop()
      await push.stop(options.drainMs ?? DRAIN_MS)
      await stream?.stop()
      await link?.stop()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Programs write with tokens or from this machine; a page of another site, in somebody's browser, does not. */
const ingestRoute = (ingest: Ingest, auth: AuthOptions): Route => ({
  method: 'POST',
  path: '/ingest/{source}',
  handle: ({ req, res, params }) => {
    if (auth.writeTokens.length === 0) refuseUnknownHost(req, auth)
    if (!originAllowed(req, auth)) throw new HttpError(403, 'origin_refused', ORIGIN_HELP)
    return ingest.handle(req, res, params.source ?? '')
  },
})

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
