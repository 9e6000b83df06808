import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HttpError } from '../http/answer.js'
import { parseUrl } from '../http/router.js'
import type { AuthOptions, Log } from '../options.js'
import { ORIGIN_HELP, originAllowed } from '../security/origin.js'
import type { Authenticate } from '../security/reader.js'
import type { Push } from './push.js'

/** Handles the server's `upgrade`: path, origin and token are checked before the handshake. */
export function createUpgrade(push: Push, auth: AuthOptions, authenticate: Authenticate, log: Log) {
  return async (req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const drop = (): void => void socket.destroy()
    socket.on('error', drop)
    try {
      const url = parseUrl(req)
      if (url.pathname !== '/ws') throw new HttpError(404, 'not_found', 'WebSockets are at /ws')
      if (!originAllowed(req, auth)) throw new HttpError(403, 'origin_refused', ORIGIN_HELP)
      const reader = await authenticate(req, url)
      if (!(socket instanceof Socket)) throw new HttpError(500, 'internal', 'not a socket')
      socket.off('error', drop)
      push.upgrade(req, socket, head, reader)
    } catch (error) {
      if (!(error instanceof HttpError)) log(`upgrade: ${error instanceof Error ? error.stack : error}`)
      refuse(socket, error instanceof HttpError ? error : new HttpError(500, 'internal', 'something went wrong here'))
    }
  }
}

function refuse(socket: Duplex, { status, code, message, headers }: HttpError): void {
  const body = JSON.stringify({ error: code, message })
  const lines = Object.entries({
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}
