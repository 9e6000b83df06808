import type { Socket } from 'node:net'
import type { Limits } from '../options.js'

/** Counts a viewer's socket until it closes; false when there are too many, altogether or of this client. */
export type Admit = (client: string, socket: Socket) => boolean

export function createAdmit(limits: Limits): Admit {
  const perClient = new Map<string, number>()
  let all = 0
  return (client, socket) => {
    const own = perClient.get(client) ?? 0
    if (all >= limits.connections || own >= limits.connectionsPerClient) return false
    perClient.set(client, own + 1)
    all++
    socket.once('close', () => {
      const left = (perClient.get(client) ?? 1) - 1
      if (left > 0) perClient.set(client, left)
      else perClient.delete(client)
      all--
    })
    return true
  }
}
