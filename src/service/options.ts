import type { ClickHouse } from '../clients/clickhouse.js'
import type { KafkaConnection } from '../clients/kafka/connection.js'
import type { ServiceConfig } from '../model/serviceConfig.js'

/** What a process of the service does (4-protocol.md). */
export type Role = 'ingest' | 'load' | 'publish' | 'push'

/** All that a service does: there is something to load where there is Kafka. */
export const rolesOf = (kafka: boolean): Role[] => ['ingest', ...(kafka ? (['load'] as const) : []), 'publish', 'push']

export type Log = (message: string) => void

export interface ServiceOptions {
  readonly clickhouse: ClickHouse
  readonly database: string
  /** Where to listen: 127.0.0.1 and 8080 unless told; port 0 takes a free one. */
  readonly host?: string
  readonly port?: number
  /** All unless told. */
  readonly roles?: readonly Role[]
  /** Folder for what must outlive the process. */
  readonly stateDir: string
  /** Folder of the built dashboard page. */
  readonly webDir?: string
  readonly auth?: Partial<AuthOptions>
  readonly limits?: Partial<Limits>
  /** How long `stop()` may spread the goodbyes of many viewers, in ms. */
  readonly drainMs?: number
  /** Without it one node computes and serves alone; with it any number do, together. */
  readonly redis?: { readonly url: string } | undefined
  /** With it events go to their topics, role `load` stores them, and Flink's values are read from there. */
  readonly kafka?: KafkaConnection | undefined
  readonly log?: Log
}

export interface AuthOptions {
  /** Whether readers need a token; unless told, not on loopback and yes elsewhere. */
  readonly read: boolean
  /** HS256 secret, or PEM public key for RS256 and ES256; at least one where `read` is on. */
  readonly jwtSecret: string
  readonly jwtPublicKey: string
  readonly audience: string
  /** Bearer tokens that may write; anyone may where there are none on loopback. */
  readonly writeTokens: readonly string[]
  /** Origins of pages that may connect, besides the service's own: `https://dash.example.com`. */
  readonly allowedOrigins: readonly string[]
}

export interface Limits {
  /** Viewers altogether, and from one address. */
  readonly connections: number
  readonly connectionsPerClient: number
  /** Metrics on one connection. */
  readonly subscriptions: number
  /** Messages of one connection in ten seconds. */
  readonly messages: number
}

export interface RunningService {
  /** `http://host:port` */
  readonly url: string
  /** Says goodbye to viewers and ends; what ingest has accepted is stored first. */
  stop(): Promise<void>
  /** The configuration in force, if one was applied. */
  config(): ServiceConfig | undefined
}

/** Settings for readers and writers that fit the address. Throws where keys are missing. What is not told comes from the environment: RTDASH_JWT_SECRET, RTDASH_JWT_PUBLIC_KEY, RTDASH_JWT_AUDIENCE, RTDASH_WRITE_TOKENS, RTDASH_ALLOWED_ORIGINS. */
export function resolveAuth(
  options: Partial<AuthOptions> | undefined,
  host: string,
  roles: readonly Role[],
  env: Readonly<Record<string, string | undefined>>,
): AuthOptions {
  const auth: AuthOptions = {
    read: options?.read ?? !isLoopback(host),
    jwtSecret: options?.jwtSecret ?? env.RTDASH_JWT_SECRET ?? '',
    jwtPublicKey: options?.jwtPublicKey ?? env.RTDASH_JWT_PUBLIC_KEY ?? '',
    audience: options?.audience ?? env.RTDASH_JWT_AUDIENCE ?? '',
    writeTokens: options?.writeTokens ?? list(env.RTDASH_WRITE_TOKENS),
    allowedOrigins: options?.allowedOrigins ?? list(env.RTDASH_ALLOWED_ORIGINS),
  }
  if (auth.read && !auth.jwtSecret && !auth.jwtPublicKey)
    throw new Error(
      `readers of ${host} need a token, but no key is set: set RTDASH_JWT_SECRET or RTDASH_JWT_PUBLIC_KEY, or listen on 127.0.0.1`,
    )
  if (auth.read && !auth.audience)
    throw new Error('readers need a token, but no audience is set: set RTDASH_JWT_AUDIENCE')
  if (roles.includes('ingest') && !isLoopback(host) && auth.writeTokens.length === 0)
    throw new Error(`writers to ${host} need a token, but none is set: set RTDASH_WRITE_TOKENS, or listen on 127.0.0.1`)
  return auth
}

const list = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter(item => item !== '')

/** Whether a host name or address is this machine's own. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)

export function resolveLimits(limits: Partial<Limits> | undefined, host: string): Limits {
  const connections = limits?.connections ?? 20_000
  return {
    connections,
    connectionsPerClient: limits?.connectionsPerClient ?? (isLoopback(host) ? connections : 200),
    subscriptions: limits?.subscriptions ?? 1000,
    messages: limits?.messages ?? 500,
  }
}
