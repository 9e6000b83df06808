import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Limits } from '../options.js'
import type { Reader } from '../security/reader.js'
import { textFrame } from './frame.js'
import type { Hub } from './hub.js'
import { type Ask, parseMessage } from './message.js'
import type { Rings } from './rings.js'
import { createViewer, type Viewer } from './viewer.js'

const MAX_MESSAGE = 4096
/** Longer ones than this are not even read: the connection ends with 1009. */
const MAX_FRAME = 65_536
const MAX_STRIKES = 3
const PING_MS = 20_000
const WINDOW_MS = 10_000

export interface WebSockets {
  /** Takes over a socket whose request was found good. */
  accept(req: IncomingMessage, socket: Socket, head: Buffer, reader: Reader): void
  /** The same text to every viewer. */
  broadcast(text: string): void
  /** Tells those who watch a metric that it is gone. */
  notifyRemoved(metrics: readonly string[]): void
  count(): number
  /** Closes all with 1001, spread over at most `spreadMs`. */
  close(spreadMs: number): Promise<void>
}

interface Session {
  readonly viewer: Viewer
  readonly reader: Reader
  alive: boolean
  strikes: number
  messages: number
  windowStart: number
}

export function createWebSockets(hub: Hub, rings: Rings, limits: Limits): WebSockets {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME,
    handleProtocols: offered => (offered.has('bearer') ? 'bearer' : (offered.values().next().value ?? false)),
  })
  const sessions = new Map<WebSocket, Session>()
  const pinger = setInterval(ping, PING_MS)

  function open(socket: WebSocket, raw: Socket, reader: Reader): void {
    raw.setNoDelay(true)
    const viewer = createViewer(raw, 'frame')
    sessions.set(socket, { viewer, reader, alive: true, strikes: 0, messages: 0, windowStart: Date.now() })
    socket.on('message', onMessage)
    socket.on('pong', onPong)
    socket.on('close', onClose)
    socket.on('error', () => {}) // a close follows
  }

  function onPong(this: WebSocket): void {
    const session = sessions.get(this)
    if (session) session.alive = true
  }

  function onClose(this: WebSocket): void {
    const session = sessions.get(this)
    if (!session) return
    sessions.delete(this)
    hub.remove(session.viewer)
  }

  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    const session = sessions.get(this)
    if (!session || this.readyState !== this.OPEN) return
    session.alive = true
    const bytes = data as Buffer
    if (tooMany(session)) strike(this, session, 'too_many_messages', 'too many messages at once', 1008)
    else if (bytes.length > MAX_MESSAGE)
      strike(this, session, 'too_large', `a message has at most ${MAX_MESSAGE} bytes`, 1009)
    else {
      const ask = binary ? 'messages are text' : parseMessage(bytes.toString())
      if (typeof ask === 'string') strike(this, session, 'bad_request', ask, 1008)
      else if (ask.action === 'unsubscribe') hub.unsubscribe(session.viewer, ask.metrics)
      else subscribe(session, ask)
    }
  }

  /** Nothing may be sent behind a close frame. */
  function end(socket: WebSocket, code: number, reason: string): void {
    const session = sessions.get(socket)
    if (session) hub.remove(session.viewer)
    socket.close(code, reason)
  }

  function tooMany(session: Session): boolean {
    const now = Date.now()
    if (now - session.windowStart > WINDOW_MS) {
      session.windowStart = now
      session.messages = 0
    }
    return ++session.messages > limits.messages
  }

  function strike(socket: WebSocket, session: Session, code: string, message: string, close: number): void {
    sendError(session.viewer, null, code, message)
    if (++session.strikes >= MAX_STRIKES || (code === 'too_large' && session.strikes >= 2)) end(socket, close, code)
  }

  function subscribe({ viewer, reader }: Session, ask: Ask): void {
    if (ask.batch !== undefined) viewer.encoding = ask.batch ? 'batch' : 'frame'
    const good: string[] = []
    for (const metric of ask.metrics) {
      if (!reader.allows(metric)) sendError(viewer, metric, 'forbidden', 'the token does not allow this metric')
      else if (!rings.get(metric))
        sendError(viewer, metric, 'unknown_metric', `there is no metric ${JSON.stringify(metric)}; see /api/metrics`)
      else if (!viewer.metrics.has(metric) && viewer.metrics.size + good.length >= limits.subscriptions)
        sendError(viewer, metric, 'too_many_subscriptions', `a connection has at most ${limits.subscriptions}`)
      else good.push(metric)
    }
    hub.subscribe(viewer, good, () => ask.since)
  }

  /** One frame and no queue: a viewer that sends nonsense and reads nothing gets no memory for it. */
  function sendError(viewer: Viewer, metric: string | null, error: string, message: string): void {
    if (viewer.socket.writableLength > MAX_FRAME) return
    viewer.socket.write(textFrame(JSON.stringify({ metric, value: null, timestamp: Date.now(), error, message })))
  }

  function ping(): void {
    for (const [socket, session] of sessions) {
      if (Date.now() > session.reader.until) end(socket, 1008, 'token expired')
      else if (!session.alive) socket.terminate()
      else if (session.viewer.socket.writableLength === 0) {
        session.alive = false
        socket.ping()
      }
    }
  }

  return {
    accept: (req, raw, head, reader) => {
      server.handleUpgrade(req, raw, head, socket => open(socket, raw, reader))
    },
    broadcast: text => {
      const frame = textFrame(text)
      for (const [socket, { viewer }] of sessions)
        if (socket.readyState === socket.OPEN && viewer.socket.writableLength < MAX_FRAME) viewer.socket.write(frame)
    },
    notifyRemoved: metrics => {
      for (const { viewer } of sessions.values())
        for (const metric of metrics)
          if (viewer.metrics.has(metric))
            sendError(viewer, metric, 'unknown_metric', 'the new configuration has no such metric')
    },
    count: () => sessions.size,
    close: async spreadMs => {
      clearInterval(pinger)
      const all = [...sessions.keys()]
      await Promise.all(
        all.map(
          (socket, i) =>
            new Promise<void>(resolve => {
              socket.once('close', resolve)
              setTimeout(() => end(socket, 1001, 'going away'), (spreadMs * i) / all.length)
              setTimeout(() => socket.terminate(), spreadMs + 1000).unref()
            }),
        ),
      )
    },
  }
}
