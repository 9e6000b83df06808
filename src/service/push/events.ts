import type { ServerResponse } from 'node:http'
import type { Reader } from '../security/reader.js'
import { parseEventId } from './encode.js'
import type { Hub } from './hub.js'
import { createViewer, type Viewer } from './viewer.js'

const HEARTBEAT_MS = 15_000
const HEARTBEAT = Buffer.from(':\n\n')

/** Viewers over server-sent events. */
export interface EventStreams {
  /** Answers with a stream of the metrics, which must exist and be allowed; resumes where `lastId` says. */
  open(res: ServerResponse, reader: Reader, metrics: readonly string[], lastId: string): void
  count(): number
  /** Ends all, spread over at most `spreadMs`; browsers come back after a random while. */
  close(spreadMs: number): Promise<void>
}

export function createEventStreams(hub: Hub): EventStreams {
  const viewers = new Map<Viewer, Reader>()
  const heart = setInterval(() => {
    for (const [viewer, { until }] of viewers)
      if (Date.now() > until) end(viewer)
      else if (viewer.socket.writableLength === 0) viewer.socket.write(HEARTBEAT)
  }, HEARTBEAT_MS)

  /** Nothing may be written behind the end. */
  function end(viewer: Viewer): void {
    hub.remove(viewer)
    viewers.delete(viewer)
    viewer.socket.end()
  }

  return {
    open: (res, reader, metrics, lastId) => {
      const { socket } = res
      if (!socket) return
      // No chunks: the stream ends with its connection, so that one Buffer can go to many sockets as it is.
      res.useChunkedEncodingByDefault = false
      res.shouldKeepAlive = false
      res.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
        'X-Content-Type-Options': 'nosniff',
      })
      res.flushHeaders()
      socket.setNoDelay(true)
      socket.write(`retry: ${retryMs()}\n\n`)
      const viewer = createViewer(socket, 'events')
      viewers.set(viewer, reader)
      socket.once('close', () => {
        viewers.delete(viewer)
        hub.remove(viewer)
      })
      const positions = parseEventId(lastId, metrics)
      hub.subscribe(viewer, metrics, metric => positions?.get(metric))
    },
    count: () => viewers.size,
    close: async spreadMs => {
      clearInterval(heart)
      const all = [...viewers.keys()]
      await Promise.all(
        all.map(
          (viewer, i) =>
            new Promise<void>(resolve => {
              viewer.socket.once('close', () => resolve())
              setTimeout(() => end(viewer), (spreadMs * i) / all.length)
              setTimeout(() => viewer.socket.destroy(), spreadMs + 1000).unref()
            }),
        ),
      )
    },
  }
}

/** Two to five seconds, so that the viewers of a server that went away don't return together. */
const retryMs = (): number => 2000 + Math.floor(Math.random() * 3000)
