import type { IncomingMessage } from 'node:http'
import { importSPKI, type JWTPayload, jwtVerify } from 'jose'
import { HttpError } from '../http/answer.js'
import { type AuthOptions, isLoopback } from '../options.js'

/** Who reads: which metrics a token allows. */
export interface Reader {
  /** For limits per client: the token's subject, or the address. */
  readonly client: string
  allows(metric: string): boolean
  /** Epoch ms after which the token is worth nothing; infinity without one. */
  readonly until: number
  /** Allowed to see everything, the exporter included. */
  readonly everything: boolean
}

/** Finds out who asks. Throws HttpError 401 or 403; no message ever holds the token. */
export type Authenticate = (req: IncomingMessage, url: URL) => Promise<Reader>

/** Tokens come as `Authorization: Bearer`, `?token=`, or as WebSocket subprotocol `bearer, <token>`. */
export function createAuthenticate(auth: AuthOptions): Authenticate {
  const publicKeys = auth.jwtPublicKey
    ? Promise.all(['RS256', 'ES256'].map(alg => importSPKI(auth.jwtPublicKey, alg).catch(() => undefined)))
    : undefined
  const secret = auth.jwtSecret ? new TextEncoder().encode(auth.jwtSecret) : undefined

  async function verify(token: string): Promise<JWTPayload> {
    const keys = await publicKeys
    const { payload } = await jwtVerify(
      token,
      header => {
        const key =
          header.alg === 'HS256'
            ? secret
            : header.alg === 'RS256'
              ? keys?.[0]
              : header.alg === 'ES256'
                ? keys?.[1]
                : undefined
        if (!key) throw new Error('no key for this algorithm')
        return key
      },
      { algorithms: ['HS256', 'RS256', 'ES256'], audience: auth.audience, requiredClaims: ['exp', 'aud'] },
    )
    return payload
  }

  return async (req, url) => {
    const address = req.socket.remoteAddress ?? ''
    if (!auth.read) {
      refuseUnknownHost(req, auth)
      return { client: address, allows: () => true, until: Number.POSITIVE_INFINITY, everything: true }
    }
    const token = tokenOf(req, url)
    if (!token) throw new HttpError(401, 'token_missing', 'send a token: Authorization: Bearer, or ?token=')
    const payload = await verify(token).catch(() => {
      throw new HttpError(401, 'token_invalid', 'the token is not valid here: check its signature, exp and aud')
    })
    const patterns = patternsOf(payload)
    return {
      client: payload.sub === undefined ? address : `sub:${payload.sub}`,
      allows: metric => patterns.some(pattern => pattern.test(metric)),
      until: (payload.exp ?? 0) * 1000,
      everything: patterns.some(pattern => pattern.source === '^.*$'),
    }
  }
}

/** The claim `metrics`: names with `*` for any characters. Without the claim a token allows nothing. */
function patternsOf(payload: JWTPayload): RegExp[] {
  const claim = payload.metrics
  const globs = Array.isArray(claim) ? claim : [claim]
  return globs
    .filter(glob => typeof glob === 'string')
    .map(glob => new RegExp(`^${glob.split(/\*+/).map(quote).join('.*')}$`))
}

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function tokenOf(req: IncomingMessage, url: URL): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
  if (bearer) return bearer
  const query = url.searchParams.get('token')
  if (query) return query
  const protocols = (req.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  return protocols[0] === 'bearer' ? protocols[1] : undefined
}

/** A page of another site whose name was pointed at 127.0.0.1 must not reach what needs no token here. Throws HttpError 403. */
export function refuseUnknownHost(req: IncomingMessage, auth: AuthOptions): void {
  if (!isLoopback((req.socket.localAddress ?? '').replace(/^::ffff:/, ''))) return
  const host = hostname(`http://${req.headers.host ?? 'localhost'}`)
  if (isLoopback(host) || auth.allowedOrigins.some(origin => hostname(origin) === host)) return
  throw new HttpError(403, 'host_refused', 'this name is not known here: list it in RTDASH_ALLOWED_ORIGINS')
}

/** Empty where the text is no URL. */
export const hostname = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '')
