import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** Stands between a sender of events and the service, whose address may change, and keeps what was acknowledged. */
export interface Relay {
  readonly url: string
  /** `event_id` of each event in a request that the sender has had a 202 for. */
  readonly acknowledged: ReadonlySet<string>
  stop(): Promise<void>
}

export async function startRelay(service: () => string): Promise<Relay> {
  const acknowledged = new Set<string>()
  const server = createServer(async (request, response) => {
    try {
      const body = await text(request)
      const { 'idempotency-key': key = '', 'content-type': type = '' } = request.headers
      const headers = { 'idempotency-key': String(key), 'content-type': type }
      const answer = await fetch(service() + request.url, { method: 'POST', body, headers })
      const said = await answer.text()
      if (answer.status === 202) for (const line of body.split('\n')) acknowledged.add(idOf(line))
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(said)
    } catch {
      // The service was killed in the middle: so does the sender see it.
      response.destroy()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acknowledged,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const idOf = (line: string): string => String((JSON.parse(line) as { event_id: unknown }).event_id)
