import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceConfig } from '../../src/model/serviceConfig.js'
import { createEvents } from '../../src/simulate/events.js'
import { send } from '../../src/simulate/send.js'

interface Purchase {
  readonly event_type: string
  readonly event_id: number | string
  readonly value: number | string
}

/** Realistic events, some late and some sent twice, to several front doors by turns; what is refused is sent again. */
export interface Sender {
  /** Ids of the events that a front door has accepted. */
  readonly accepted: ReadonlySet<string>
  /** Sum of accepted purchases, in cents. */
  cents(): bigint
  /** Sends no more, and waits until all is accepted. */
  stop(): Promise<void>
}

const TICK_MS = 100

export function startSender(source: SourceConfig, urls: readonly string[], perSecond: number, seed: number): Sender {
  const make = createEvents(source, seed, { event_type: ['request', 'error', 'page_view', 'purchase'] })
  const accepted = new Set<string>()
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  const started = Date.now()
  let cents = 0n
  let sent = 0
  let turn = 0
  let failure: Error | undefined

  async function post(lines: readonly string[]): Promise<void> {
    const url = new URL(`/ingest/${source.name}`, urls[turn++ % urls.length])
    const answer = await send(url, lines.join('\n'), {}, new AbortController().signal)
    if (answer.accepted !== lines.length) throw new Error(`${answer.rejected} of ${lines.length} events were rejected`)
    for (const line of lines) count(JSON.parse(line) as Purchase)
  }

  function count({ event_id, event_type, value }: Purchase): void {
    if (accepted.has(String(event_id))) return
    accepted.add(String(event_id))
    if (event_type === 'purchase') cents += BigInt(Math.round(Number(value) * 100))
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const due = Math.floor(((Date.now() - started) * perSecond) / 1000) - sent
      const lines = Array.from({ length: Math.min(due, perSecond) }, () => make(Date.now()))
      sent += due
      if (lines.length > 0) {
        const work = post(lines).catch(error => {
          failure ??= error as Error
        })
        underWay.add(work)
        void work.finally(() => underWay.delete(work))
      }
      await sleep(TICK_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()

  return {
    accepted,
    cents: () => cents,
    stop: async () => {
      stopping.abort()
      await loop
      await Promise.all(underWay)
      if (failure !== undefined) throw failure
    },
  }
}
