import type { Metric } from '../../model/model.js'
import type { ServiceAddress } from '../service.js'
import { events } from './events.js'
import { poll } from './poll.js'
import type { Inbox, Received, Viewer } from './viewer.js'
import { websocket } from './websocket.js'

/** Opens a viewer: one WebSocket, one event stream and one poll per metric, as far as metrics are promised on them. */
export async function openViewer(service: ServiceAddress, metrics: readonly Metric[]): Promise<Viewer> {
  const got = new Map<string, Received[]>(metrics.map(({ name }) => [name, []]))
  const troubles = new Map<string, string>()
  const inbox: Inbox = {
    update(update) {
      const kept = got.get(update.metric)
      if (!kept || (kept.at(-1)?.update.timestamp ?? 0) >= update.timestamp) return
      kept.push({ update, received: Date.now() })
    },
    trouble(names, message) {
      for (const name of names) troubles.set(name, message)
    },
  }
  const channels = { ws: websocket, sse: events, poll }
  const opened = await Promise.all(
    (['ws', 'sse', 'poll'] as const).map(name => {
      const own = metrics.filter(({ deliver }) => deliver === name)
      return own.length === 0 ? async () => {} : channels[name](service)(own, inbox)
    }),
  )
  return {
    of: metric => got.get(metric) ?? [],
    trouble: metric => troubles.get(metric),
    close: async () => {
      await Promise.all(opened.map(close => close()))
    },
  }
}
