import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ClickHouse } from '../../clients/clickhouse.js'
import type { MetricConfig, ServiceConfig } from '../../model/serviceConfig.js'
import { HttpError } from '../http/answer.js'
import type { Limits, Log } from '../options.js'
import type { Fanout } from '../publish/fanout.js'
import { createLimiter } from '../publish/limiter.js'
import type { Reader } from '../security/reader.js'
import type { Telemetry } from '../telemetry.js'
import { createAdmit } from './admission.js'
import { createEventStreams } from './events.js'
import { fillRing } from './fill.js'
import { createHub } from './hub.js'
import type { Ring } from './ring.js'
import { createRings, type Rings } from './rings.js'
import { createStaleness, LOST_MS } from './staleness.js'
import { createWebSockets } from './websocket.js'

/** The delivering half: keeps what the fan-out brings and hands it to viewers. */
export interface Push {
  readonly rings: Rings
  apply(config: ServiceConfig | undefined): void
  /** Answers with an event stream. Throws HttpError 429. */
  stream(res: ServerResponse, reader: Reader, metrics: readonly string[], lastId: string): void
  /** Turns a checked request into a WebSocket viewer. Throws HttpError 429. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, reader: Reader): void
  viewers(): { readonly ws: number; readonly sse: number }
  stop(drainMs: number): Promise<void>
}

export interface PushParts {
  readonly db: ClickHouse
  readonly fanout: Fanout
  readonly telemetry: Telemetry
  readonly limits: Limits
  readonly log: Log
}

/** A few viewers are told at once, thousands over the whole drain. */
const GOODBYE_MS = 2

export function createPush({ db, fanout, telemetry, limits, log }: PushParts): Push {
  const rings = createRings(fanout.follow === undefined)
  const hub = createHub(rings, telemetry)
  const sockets = createWebSockets(hub, rings, limits)
  const streams = createEventStreams(hub)
  const admit = createAdmit(limits)
  const limitFills = createLimiter(1)
  const staleness = createStaleness(rings, hub.receive, fanout.lostSince)
  const leaveFanout = fanout.subscribe(hub.receive)
  let hash: string | undefined
  let stopped = false

  function enter(reader: Reader, socket: Socket): void {
    if (!admit(reader.client, socket))
      throw new HttpError(429, 'too_many_connections', 'there are too many connections open', { 'Retry-After': '10' })
  }

  /** What was published before comes first; what that does not reach is computed. */
  function load(config: ServiceConfig, metric: MetricConfig): void {
    const ring = rings.get(metric.name)!
    let filling = false
    const fillOnce = (): void => {
      ring.ready = true
      if (!filling) fill(config, metric, ring)
      filling = true
    }
    if (ring.ready) fillOnce()
    else setTimeout(fillOnce, LOST_MS).unref()
    fanout.follow?.(metric, updates => {
      if (ring.newest()) hub.receive(updates)
      else ring.fill(updates)
      fillOnce()
    })
  }

  function fill(config: ServiceConfig, metric: MetricConfig, ring: Ring): void {
    limitFills(async () => {
      if (!stopped && rings.get(metric.name) === ring && !ring.full()) await fillRing(db, config, metric, ring)
    }).catch((error: Error) => {
      if (!stopped) log(`metric ${metric.name}: no history yet: ${error.message}`)
    })
  }

  return {
    rings,
    apply: config => {
      // A value that came under a metric's former meaning must not be the first of the new one.
      hub.settle()
      const { added, removed } = rings.apply(config)
      sockets.notifyRemoved(removed)
      staleness.apply(config)
      if (config) for (const metric of added) load(config, metric)
      if (config?.hash === hash) return
      hash = config?.hash
      // Plain clients read these three keys of whatever comes.
      const empty = { metric: null, value: null, timestamp: Date.now() }
      sockets.broadcast(JSON.stringify({ event: 'config', config: hash ?? null, ...empty }))
    },
    stream: (res, reader, metrics, lastId) => {
      if (!res.socket) return
      enter(reader, res.socket)
      streams.open(res, reader, metrics, lastId)
    },
    upgrade: (req, socket, head, reader) => {
      enter(reader, socket)
      sockets.accept(req, socket, head, reader)
    },
    viewers: () => ({ ws: sockets.count(), sse: streams.count() }),
    stop: async drainMs => {
      stopped = true
      leaveFanout()
      staleness.stop()
      const spread = Math.min(drainMs, (sockets.count() + streams.count()) * GOODBYE_MS)
      await Promise.all([sockets.close(spread), streams.close(spread)])
      hub.stop()
    },
  }
}
