import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Sent {
  readonly accepted: number
  readonly rejected: number
}

const LONGEST_PAUSE = 5000
/** A service knows of a source within half a second of the apply that adds it. */
const KNOWN_MS = 1500

/**
 * Posts lines of events until they are answered. Overload, outages and broken connections are waited out and tried
 * again under the same Idempotency-Key, so that they count once. Throws for any other answer, and when aborted.
 */
export async function send(
  url: URL,
  lines: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Sent> {
  const key = randomUUID()
  const known = Date.now() + KNOWN_MS
  for (let pause = 100; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    signal.throwIfAborted()
    const answer = await post(url, lines, { ...headers, 'idempotency-key': key }, signal)
    if (answer?.status === 202) return (await answer.json()) as Sent
    const unknownYet = answer?.status === 404 && Date.now() < known
    if (answer && answer.status !== 429 && answer.status < 500 && !unknownYet) {
      const { message } = (await answer.json().catch(() => ({}))) as { message?: string }
      throw new Error(`${url} answered ${answer.status}: ${message ?? answer.statusText}`)
    }
    const asked = Number(answer?.headers.get('retry-after') ?? 0) * 1000
    await answer?.body?.cancel()
    await sleep(Math.max(asked, pause), undefined, { signal })
  }
}

/** Undefined when there was no answer. */
async function post(
  url: URL,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response | undefined> {
  try {
    return await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson', ...headers },
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}
