import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClickHouseError } from '../../clients/clickhouse.js'

/** An answer that is an error: `{"error":code,"message":…}`. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

/** Sends a value as JSON. */
export function sendJson(
  res: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): void {
  send(res, status, 'application/json; charset=utf-8', JSON.stringify(body), headers)
}

/** Sends JSON that may be kept for `maxAgeMs`; 304 where the asker already has it. */
export function sendCacheable(
  req: IncomingMessage,
  res: ServerResponse,
  body: unknown,
  maxAgeMs: number,
  shared: boolean,
): void {
  const text = JSON.stringify(body)
  const etag = `"${createHash('sha1').update(text).digest('base64url')}"`
  const headers = {
    ETag: etag,
    'Cache-Control': `${shared ? 'public' : 'private'}, max-age=${Math.max(0, Math.floor(maxAgeMs / 1000))}`,
    ...(!shared && { Vary: 'Authorization' }),
  }
  if (matches(req.headers['if-none-match'], etag)) res.writeHead(304, headers).end()
  else send(res, 200, 'application/json; charset=utf-8', text, headers)
}

export function sendText(res: ServerResponse, text: string, status = 200, type = 'text/plain; charset=utf-8'): void {
  send(res, status, type, text, {})
}

/** HttpError as it is; a database that is away is 503; anything else 500, without its inner words. */
function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof ClickHouseError && error.retryable)
    return new HttpError(503, 'database_unavailable', 'the database does not answer in time', { 'Retry-After': '2' })
  return new HttpError(500, 'internal', 'something went wrong here; see the log')
}

/** Sends any error as `{"error":code,"message":…}`. */
export function sendError(res: ServerResponse, error: unknown): void {
  if (res.headersSent) {
    res.destroy()
    return
  }
  const known = toHttpError(error)
  const headers = { 'Cache-Control': 'no-store', ...known.headers }
  sendJson(res, { error: known.code, message: known.message }, { status: known.status, headers })
}

function send(
  res: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  res.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  res.end(text) // Node leaves the body out for HEAD
}

export const matches = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some(tag => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')
