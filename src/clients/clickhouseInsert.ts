import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fromServer } from './clickhouseError.js'

export interface Inserter {
  /** Sends `body` as it is; resolves when the server has stored it. Throws ClickHouseError or Node's own errors. */
  insert(
    query: string,
    body: string | Buffer | Readable,
    settings: Record<string, string | number | boolean>,
  ): Promise<void>
  close(): void
}

/**
 * INSERTs straight over HTTP: the bytes go to the socket as they came. The driver wants rows as objects for JSON, and
 * for bytes its stream costs twice the CPU and 2 ms more per call (README.md of src/embedded has the figures).
 */
export function createInserter(options: {
  url: string
  username: string
  password: string
  database?: string | undefined
  timeout: number
  connections: number
}): Inserter {
  const { request, Agent } = options.url.startsWith('https:') ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections })
  // As the driver does it: ClickHouse takes any character here, and decodes nothing in its own headers.
  const headers = {
    authorization: `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`,
  }

  async function insert(
    query: string,
    body: string | Buffer | Readable,
    settings: Record<string, string | number | boolean>,
  ) {
    const url = new URL(options.url)
    url.searchParams.set('query', query)
    if (options.database !== undefined) url.searchParams.set('database', options.database)
    for (const [name, value] of Object.entries(settings))
      url.searchParams.set(name, typeof value === 'boolean' ? String(Number(value)) : String(value))
    const sent = request(url, { method: 'POST', agent, headers, timeout: options.timeout })
    sent.on('timeout', () => sent.destroy(new Error(`timeout: no answer within ${options.timeout} ms`)))
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>
    if (body instanceof Readable) await Promise.race([pipeline(body, sent), answered])
    else sent.end(body) // sets Content-Length
    const [answer] = await answered
    const said = await text(answer)
    if (answer.statusCode !== 200 || said !== '') throw fromServer(said, answer.statusCode) // an INSERT answers nothing
  }

  return { insert, close: () => agent.destroy() }
}
