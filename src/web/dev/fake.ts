import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Update } from '../lib/protocol.js'
import type { FakeMetric } from './storefront.js'

const KEPT = 300
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export interface FakeOptions {
  readonly metrics: readonly FakeMetric[]
  /** Folder with the built page. */
  readonly page: string
  readonly port?: number
}

export interface Fake {
  readonly url: string
  /** Every frame that clients sent. */
  readonly received: string[]
  setMetrics(metrics: readonly FakeMetric[]): void
  /** Stops or resumes computing updates. */
  setPaused(paused: boolean): void
  /** Ends all connections; while refused, new ones are turned away. */
  drop(refuse: boolean): void
  close(): Promise<void>
}

/** A service that speaks the protocol with invented values: for developing and testing the page alone. */
export async function startFake(options: FakeOptions): Promise<Fake> {
  let metrics = options.metrics
  let refuse = false
  let paused = false
  const received: string[] = []
  const kept = new Map<string, Update[]>()
  const subscribers = new Map<WebSocket, Set<string>>()

  const compute = (metric: FakeMetric, timestamp: number): Update => ({
    metric: metric.entry.name,
    timestamp,
    ...metric.at(timestamp),
  })
  const instant = (metric: FakeMetric) => {
    const { refresh_ms } = metric.entry
    return Math.floor((Date.now() - metric.settleMs) / refresh_ms) * refresh_ms
  }
  const keep = (metric: FakeMetric): Update[] => {
    const { name, refresh_ms } = metric.entry
    const known = kept.get(name)
    const newest = instant(metric)
    const updates =
      known ?? Array.from({ length: KEPT }, (_, i) => compute(metric, newest - (KEPT - 1 - i) * refresh_ms))
    for (let next = updates.at(-1)!.timestamp + refresh_ms; next <= newest && !paused; next += refresh_ms)
      updates.push(compute(metric, next))
    kept.set(name, updates.slice(-2 * KEPT))
    return updates
  }

  const tick = setInterval(() => {
    const news = metrics.flatMap(metric => {
      const before = kept.get(metric.entry.name)?.at(-1)?.timestamp ?? instant(metric)
      return keep(metric).filter(update => update.timestamp > before)
    })
    for (const [socket, names] of subscribers) {
      const own = news.filter(update => names.has(update.metric))
      if (own.length > 0) socket.send(JSON.stringify(own))
    }
  }, 50)

  const http = createServer((request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const name = /^\/api\/metrics\/([^/]+)\/history$/.exec(url.pathname)?.[1]
    if (refuse) return request.socket.destroy()
    if (url.pathname === '/healthz') return json({ status: 'ok', active_connections: subscribers.size })
    if (url.pathname === '/api/metrics')
      return json({
        project: 'shop',
        title: 'Storefront',
        timezone: 'Europe/Berlin',
        metrics: metrics.map(metric => ({ ...metric.entry, latest: keep(metric).at(-1) ?? null })),
      })
    if (name) {
      const metric = metrics.find(({ entry }) => entry.name === decodeURIComponent(name))
      if (!metric) return json({ error: 'unknown_metric', message: `no metric ${name}` }, 404)
      const [from, to, step] = ['from', 'to', 'step'].map(key => Number(url.searchParams.get(key))) as [
        number,
        number,
        number,
      ]
      const points = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => ({
        timestamp: from + i * step,
        ...metric.at(from + i * step),
      }))
      return json({ metric: name, step, points })
    }
    const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname)
    const file = await readFile(join(options.page, path)).catch(() => null)
    response
      .writeHead(file ? 200 : 404, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' })
      .end(file ?? 'not found')
  }

  const sockets = new WebSocketServer({ server: http, path: '/ws' })
  sockets.on('connection', socket => {
    if (refuse) return socket.terminate()
    const names = new Set<string>()
    subscribers.set(socket, names)
    socket.on('close', () => subscribers.delete(socket))
    socket.on('message', data => {
      received.push(String(data))
      const {
        action,
        metrics: asked = [],
        metric,
        since,
      } = JSON.parse(String(data)) as { action: string; metric?: string; metrics?: string[]; since?: number }
      for (const each of metric === undefined ? asked : [metric]) {
        const known = metrics.find(({ entry }) => entry.name === each)
        if (action === 'unsubscribe') names.delete(each)
        else if (!known)
          socket.send(
            JSON.stringify({
              metric: each,
              value: null,
              timestamp: Date.now(),
              error: 'unknown_metric',
              message: `no metric ${each}`,
            }),
          )
        else {
          names.add(each)
          const updates = keep(known)
          socket.send(
            JSON.stringify(
              since === undefined ? updates.slice(-1) : updates.filter(update => update.timestamp > since),
            ),
          )
        }
      }
    })
  })

  await new Promise<void>(resolve => http.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    received,
    setMetrics(next) {
      metrics = next
      for (const socket of subscribers.keys())
        socket.send(JSON.stringify({ event: 'config', config: String(Date.now()) }))
    },
    setPaused(next) {
      paused = next
    },
    drop(next) {
      refuse = next
      for (const socket of subscribers.keys()) socket.terminate()
    },
    async close() {
      clearInterval(tick)
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
}
