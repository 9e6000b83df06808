import { WebSocket } from 'ws'
import { quantile } from './print.js'

/** A metric whose refreshes are looked at: ms. */
export interface Watched {
  readonly refreshMs: number
  readonly settleMs: number
}

/** A stretch of time, epoch ms, half-open. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** A viewer of metrics, who notes when each instant's update came. */
export interface Viewer {
  /** The refreshes due in these stretches: how many, how many never came, how late the others were seen (ms). */
  seen(metric: string, stretches: readonly Stretch[]): Refreshes
  close(): void
}

export interface Refreshes {
  readonly due: number
  readonly skipped: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export async function watch(url: string, metrics: Readonly<Record<string, Watched>>): Promise<Viewer> {
  const came = new Map(Object.keys(metrics).map(name => [name, new Map<number, number>()]))
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('message', data => {
    const now = Date.now()
    const { metric = '', timestamp = 0 } = JSON.parse(String(data)) as { metric?: string; timestamp?: number }
    const times = came.get(metric)
    if (times && !times.has(timestamp)) times.set(timestamp, now)
  })
  socket.send(JSON.stringify({ action: 'subscribe', metrics: Object.keys(metrics) }))
  return {
    seen: (metric, stretches) => {
      const { refreshMs, settleMs } = metrics[metric]!
      const late: number[] = []
      let due = 0
      for (const { from, to } of stretches)
        for (let at = Math.ceil((from - settleMs) / refreshMs) * refreshMs; at + settleMs < to; at += refreshMs) {
          due++
          const time = came.get(metric)!.get(at)
          if (time !== undefined) late.push(time - at - settleMs)
        }
      const [p50, p99, max] = [0.5, 0.99, 1].map(q => quantile(late, q)) as [number, number, number]
      return { due, skipped: due - late.length, p50, p99, max }
    },
    close: () => socket.close(),
  }
}
