import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hash64 } from './hash.js'
import { problems } from './problem.js'

/** Throws unless the request carries one of the write tokens, or there are none. */
export function authorize(request: IncomingMessage, tokens: readonly string[]): void {
  if (tokens.length === 0) return
  const [, sent] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
  if (sent === undefined) throw problems.missingToken()
  const given = Buffer.from(sent)
  const known = tokens.filter(token => {
    const wanted = Buffer.from(token)
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  })
  if (known.length === 0) throw problems.wrongToken()
}

/** Hash of the request's Idempotency-Key, 0 without. */
export function idempotencyKey(request: IncomingMessage): bigint {
  const sent = request.headers['idempotency-key']
  if (sent === undefined) return 0n
  if (typeof sent !== 'string' || sent === '' || sent.length > 255) throw problems.badKey()
  return hash64(sent)
}
