import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AuthOptions } from '../options.js'

/** Lets pages of listed origins read the answers; others get no permission from the browser. */
export function cors(req: IncomingMessage, res: ServerResponse, { allowedOrigins }: AuthOptions): void {
  const { origin } = req.headers
  if (origin === undefined || !allowedOrigins.includes(origin)) return
  res.setHeader('Access-Control-Allow-Origin', origin)
  res.setHeader('Vary', 'Origin')
  res.setHeader('Access-Control-Expose-Headers', 'ETag, Retry-After')
  if (req.method !== 'OPTIONS') return
  res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, OPTIONS')
  res.setHeader(
    'Access-Control-Allow-Headers',
    'Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID',
  )
  res.setHeader('Access-Control-Max-Age', '600')
}
