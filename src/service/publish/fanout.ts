import type { Update } from '../update.js'

/** What stands between the process that computes and those that deliver. */
export interface Fanout {
  publish(updates: readonly Update[]): void
  /** Calls back for each publication, in order; returns the way to stop. */
  subscribe(receive: (updates: readonly Update[]) => void): () => void
}

/** Publisher and viewers in one process: a call. */
export function localFanout(): Fanout {
  const receivers = new Set<(updates: readonly Update[]) => void>()
  return {
    publish: updates => {
      for (const receive of receivers) receive(updates)
    },
    subscribe: receive => {
      receivers.add(receive)
      return () => void receivers.delete(receive)
    },
  }
}
