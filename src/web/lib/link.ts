import { backoffDelay } from './backoff.js'
import { type Frame, parseFrame } from './protocol.js'
import { subscribeFrames, unsubscribeFrames } from './subscription.js'

export type LinkStatus = 'connecting' | 'live' | 'offline'

export interface LinkOptions {
  readonly url: string
  /** Newest timestamp already seen of a metric, 0 for none: where to resume. */
  readonly newest: (metric: string) => number
  readonly onFrame: (frame: Frame) => void
  readonly onStatus?: (status: LinkStatus) => void
  /** A connection is dropped and made anew when nothing at all came for so long; 0 for never. */
  readonly silenceMs?: () => number
}

/** A subscription that outlives its connections. */
export interface Link {
  /** Makes the subscription exactly this set, now and after every reconnect. */
  setMetrics(names: readonly string[]): void
  /** Asks for all that is kept of these metrics again. */
  refill(names: readonly string[]): void
  /** Tries at once instead of when the backoff ends (network is back, page visible again). */
  wake(): void
  close(): void
}

/** Opens the WebSocket and keeps it open: reconnects with backoff and jitter, resumes each metric where it stopped. */
export function openLink(options: LinkOptions): Link {
  let wanted = new Set<string>()
  let socket: WebSocket | undefined
  let attempt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let heard = Date.now()
  let closed = false

  const send = (frames: string[]) => {
    if (socket?.readyState === WebSocket.OPEN) for (const frame of frames) socket.send(frame)
  }

  function connect() {
    clearTimeout(retry)
    retry = undefined
    options.onStatus?.('connecting')
    const own = new WebSocket(options.url)
    socket = own
    own.onopen = () => {
      heard = Date.now()
      send(subscribeFrames([...wanted], options.newest))
      options.onStatus?.('live')
    }
    own.onmessage = event => {
      heard = Date.now()
      attempt = 0
      options.onFrame(parseFrame(String(event.data)))
    }
    own.onclose = () => {
      if (socket !== own || closed) return
      socket = undefined
      options.onStatus?.('offline')
      retry = setTimeout(connect, backoffDelay(attempt++))
    }
  }

  const watchdog = setInterval(() => {
    const limit = options.silenceMs?.() ?? 0
    if (limit > 0 && socket?.readyState === WebSocket.OPEN && Date.now() - heard > limit) abandon()
  }, 5_000)

  /** A half-open socket may take minutes to report its end: leave it and start anew. */
  function abandon() {
    const old = socket
    socket = undefined
    old?.close()
    options.onStatus?.('offline')
    connect()
  }

  connect()
  return {
    setMetrics(names) {
      const next = new Set(names)
      send(unsubscribeFrames([...wanted].filter(name => !next.has(name))))
      send(
        subscribeFrames(
          names.filter(name => !wanted.has(name)),
          options.newest,
        ),
      )
      wanted = next
    },
    refill(names) {
      send(
        subscribeFrames(
          names.filter(name => wanted.has(name)),
          () => 0,
        ),
      )
    },
    wake() {
      if (retry !== undefined) connect()
    },
    close() {
      closed = true
      clearTimeout(retry)
      clearInterval(watchdog)
      socket?.close()
    },
  }
}
