import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceConfig } from '../model/serviceConfig.js'
import { createEvents, type Hints } from './events.js'
import { send } from './send.js'

export interface SimulateOptions {
  readonly source: SourceConfig
  /** The service: `http://127.0.0.1:8080`. */
  readonly url: string
  /** Events per second. */
  readonly rate: number
  /** Until aborted, unless told. */
  readonly durationMs?: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly onProgress?: (sofar: Simulated) => void
  readonly hints?: Hints
  /** Write token. */
  readonly token?: string
}

export interface Simulated {
  readonly sent: number
  readonly accepted: number
  readonly rejected: number
  readonly elapsedMs: number
}

/** A batch about every so often, ms. */
const TICK = 80
/** Requests under way; while there are so many, sending waits and then catches up no more than a second. */
const MOST_UNDER_WAY = 16
const MOST_IN_REQUEST = 5000
const PROGRESS_MS = 500

/**
 * Sends events through the front door of a service at a steady rate until `durationMs` is over or `signal` aborts, and
 * waits for what is under way. Throws when the service refuses them.
 */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const {
    source,
    url,
    rate,
    durationMs = Number.POSITIVE_INFINITY,
    seed,
    signal,
    onProgress,
    hints = {},
    token,
  } = options
  const target = new URL(`/ingest/${encodeURIComponent(source.name)}`, url)
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const make = createEvents(source, seed, hints)
  const giveUp = new AbortController()
  const started = Date.now()
  const underWay = new Set<Promise<void>>()
  let failure: Error | undefined
  let [sent, accepted, rejected, dropped, told] = [0, 0, 0, 0, started]
  const sofar = (): Simulated => ({ sent, accepted, rejected, elapsedMs: Date.now() - started })

  function post(count: number): void {
    const now = Date.now()
    const lines: string[] = []
    for (let i = 0; i < count; i++) lines.push(make(now))
    sent += count
    const work = send(target, lines.join('\n'), headers, giveUp.signal).then(
      answer => {
        accepted += answer.accepted
        rejected += answer.rejected
      },
      error => {
        failure ??= error as Error
      },
    )
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  const last = Number.isFinite(durationMs) ? Math.round((rate * durationMs) / 1000) : Number.POSITIVE_INFINITY
  while (!signal.aborted && !failure && sent + dropped < last) {
    const behind = Math.min(last, Math.floor((rate * (Date.now() - started)) / 1000)) - sent - dropped
    // After a stall a second's worth is sent at most: a burst would only cause the next one.
    const due = Math.min(behind, Math.ceil(rate))
    dropped += behind - due
    if (underWay.size < MOST_UNDER_WAY)
      for (let left = due; left > 0; left -= MOST_IN_REQUEST) post(Math.min(left, MOST_IN_REQUEST))
    if (Date.now() - told >= PROGRESS_MS) {
      told = Date.now()
      onProgress?.(sofar())
    }
    await sleep(TICK, undefined, { signal }).catch(() => {})
  }
  await settled(underWay, signal, giveUp)
  if (failure && !signal.aborted) throw failure
  return sofar()
}

/** Waits for what is under way; once aborted only a moment. */
async function settled(
  underWay: ReadonlySet<Promise<void>>,
  signal: AbortSignal,
  giveUp: AbortController,
): Promise<void> {
  const PATIENCE = 2000
  const stop = () => void setTimeout(() => giveUp.abort(), PATIENCE).unref()
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  await Promise.all(underWay)
  signal.removeEventListener('abort', stop)
}
