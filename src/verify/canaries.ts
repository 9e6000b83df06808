import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceConfig } from '../model/serviceConfig.js'
import { createCanaryEvents } from './canaryEvents.js'
import { VerifyError } from './errors.js'
import type { ServiceAddress } from './service.js'

/** A canary that the front door has accepted; `sent` (epoch ms) is its mark, `acknowledged` when the answer came. */
export interface SentCanary {
  readonly sent: number
  readonly acknowledged: number
}

export interface CanarySender {
  readonly source: string
  /** Accepted so far, in the order sent. */
  accepted(): readonly SentCanary[]
  /** Ends the sending and waits for answers. Throws VerifyError when the front door took no canary at all. */
  stop(): Promise<void>
  /** Settles, with VerifyError, when the front door refuses canaries for a reason that waiting does not change. */
  readonly refused: Promise<never>
}

/** Between two canaries, in ms: about 13 a second, and never in step with a refresh. */
const [SHORTEST, LONGEST] = [50, 100]
const ANSWER_MS = 20_000

/** Sends marked events through the front door of one source until stopped. */
export function sendCanaries(source: SourceConfig, service: ServiceAddress): CanarySender {
  const url = new URL(`/ingest/${encodeURIComponent(source.name)}`, service.url)
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-rtdash-canary': '1' }
  if (service.writeToken !== undefined) headers.authorization = `Bearer ${service.writeToken}`
  const make = createCanaryEvents(source, Date.now() % 2 ** 31)
  const accepted: SentCanary[] = []
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  let trouble = 'no answer came'
  let refuse = (_: VerifyError): void => {}
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  refused.catch(() => {})

  async function send(): Promise<void> {
    const sent = Date.now()
    const request = { method: 'POST', headers, body: make(sent), signal: AbortSignal.timeout(ANSWER_MS) }
    const answer = await fetch(url, request)
    const body = (await answer.json()) as { accepted?: number; message?: string; errors?: { message: string }[] }
    if (answer.status === 202 && body.accepted === 1) accepted.push({ sent, acknowledged: Date.now() })
    else if (answer.status === 202) refuse(unfit(source, body.errors?.[0]?.message))
    else {
      trouble = `${answer.status} ${body.message ?? ''}`
      if (answer.status < 500 && answer.status !== 429) refuse(refusal(source, answer.status, body.message))
    }
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const work = send().catch((error: Error) => {
        trouble = error.message
      })
      underWay.add(work)
      void work.finally(() => underWay.delete(work))
      const pause = SHORTEST + Math.random() * (LONGEST - SHORTEST)
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()

  return {
    source: source.name,
    accepted: () => [...accepted].sort((a, b) => a.sent - b.sent),
    refused,
    async stop() {
      stopping.abort()
      await loop
      await Promise.all(underWay)
      if (accepted.length === 0)
        throw new VerifyError('no-canary', `source ${source.name} accepted no canary: ${trouble}`)
    },
  }
}

const refusal = (source: SourceConfig, status: number, message = ''): VerifyError =>
  new VerifyError(
    'canary-refused',
    `source ${source.name} refuses canaries: ${status} ${message}`,
    status === 401 || status === 403
      ? 'RTDASH_WRITE_TOKEN holds a token for writers'
      : status === 404
        ? 'what the file says was not applied yet: rtdash apply'
        : undefined,
  )

const unfit = (source: SourceConfig, message = 'no reason given'): VerifyError =>
  new VerifyError('canary-rejected', `source ${source.name} rejects the canary that verify made: ${message}`)
