import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Problem } from './problem.js'

/** Sends a JSON body. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length, ...headers })
  response.end(text)
}

/** How much of a refused body is read so that its sender gets to see the answer. */
const DRAIN_MS = 2000

/** Sends a problem; a body that was not read to its end is read away for a while first. */
export function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  const unread = !request.complete
  const headers = unread ? { ...problem.headers, connection: 'close' } : problem.headers
  answer(response, problem.status, { error: problem.code, message: problem.message }, headers)
  if (!unread) return
  request.resume()
  const timer = setTimeout(() => request.destroy(), DRAIN_MS)
  request.once('close', () => clearTimeout(timer))
}
