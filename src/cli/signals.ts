import { once } from 'node:events'

/** How the user asks the running work to end. */
export interface Interruption {
  readonly signal: AbortSignal
  /** What came first, if anything has. */
  received(): 'SIGINT' | 'SIGTERM' | undefined
  /** Settles when something comes. */
  readonly happened: Promise<void>
  dispose(): void
}

/** Aborts at the first SIGINT or SIGTERM so that the work ends in order; a second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  let first: 'SIGINT' | 'SIGTERM' | undefined
  const happened = once(controller.signal, 'abort').then(() => {})
  const listener = (name: NodeJS.Signals) => {
    if (first !== undefined) process.exit(130)
    first = name as 'SIGINT' | 'SIGTERM'
    controller.abort()
  }
  process.on('SIGINT', listener).on('SIGTERM', listener)
  return {
    signal: controller.signal,
    received: () => first,
    happened,
    dispose: () => void process.off('SIGINT', listener).off('SIGTERM', listener),
  }
}
