import type { IncomingMessage } from 'node:http'
import { type AuthOptions, isLoopback } from '../options.js'
import { hostname } from './reader.js'

export const ORIGIN_HELP = 'pages of this origin may not connect: list it in RTDASH_ALLOWED_ORIGINS'

/** Whether the page that asks may: programs send no Origin; pages must be our own or listed. */
export function originAllowed(req: IncomingMessage, auth: AuthOptions): boolean {
  const { origin, host } = req.headers
  if (origin === undefined) return true
  if (auth.allowedOrigins.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  if (new URL(origin).host === host) return true
  return !auth.read && isLoopback(hostname(origin))
}
