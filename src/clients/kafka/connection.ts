import { readFileSync } from 'node:fs'
import { KafkaSettingsError } from './settingsError.js'

/** How to reach Kafka. Comes from the target's `kafka:` and the environment; passwords are never printed. */
export interface KafkaConnection {
  readonly brokers: readonly string[]
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly rejectUnauthorized?: boolean
  }
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    readonly username: string
    readonly password: string
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Connection from the text of `kafka.brokers` (`host:port`, separated by commas; the port is 9092 where none is given)
 * and the environment:
 *
 * - `RTDASH_KAFKA_USERNAME`, `RTDASH_KAFKA_PASSWORD`, `RTDASH_KAFKA_SASL_MECHANISM` (default SCRAM-SHA-512)
 * - `RTDASH_KAFKA_TLS` (true, false; default: true where there is any certificate),
 *   `RTDASH_KAFKA_CA`, `RTDASH_KAFKA_CERT`, `RTDASH_KAFKA_KEY` (PEM, or the path of a file with it),
 *   `RTDASH_KAFKA_TLS_VERIFY` (false accepts any certificate)
 *
 * Throws KafkaSettingsError; no message holds a value that could be secret.
 */
export function kafkaConnection(brokers: string, env: Environment): KafkaConnection {
  const tls = tlsOf(env)
  const sasl = saslOf(env)
  return { brokers: brokersOf(brokers), ...(tls && { tls }), ...(sasl && { sasl }) }
}

const DEFAULT_PORT = 9092
const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const

function brokersOf(text: string): string[] {
  const parts = text.split(',').flatMap(part => part.trim() || [])
  const way = 'write them as host:port, separated by commas'
  if (parts.length === 0) throw new KafkaSettingsError('kafka-brokers', 'kafka.brokers is empty', way)
  return parts.map((part, index) => {
    // Its place, not its text: a URL with a password in it would be shown.
    const wrong = `kafka.brokers: number ${index + 1} is not host:port`
    const [, host, port = String(DEFAULT_PORT)] = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(part) ?? []
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
      throw new KafkaSettingsError('kafka-brokers', wrong, way)
    return `${host}:${port}`
  })
}

function saslOf(env: Environment): KafkaConnection['sasl'] {
  const { RTDASH_KAFKA_USERNAME: username, RTDASH_KAFKA_PASSWORD: password } = env
  const asked = env.RTDASH_KAFKA_SASL_MECHANISM?.trim().toUpperCase()
  if (!username && !password && !asked) return undefined
  const mechanism = MECHANISMS.find(known => known === (asked || 'SCRAM-SHA-512'))
  if (mechanism === undefined)
    throw new KafkaSettingsError(
      'kafka-sasl',
      'RTDASH_KAFKA_SASL_MECHANISM names no mechanism that is known here',
      `one of ${MECHANISMS.join(', ')}`,
    )
  for (const [name, value] of Object.entries({ RTDASH_KAFKA_USERNAME: username, RTDASH_KAFKA_PASSWORD: password }))
    if (!value) throw new KafkaSettingsError('kafka-sasl', `${name} is not set`, 'logging in needs name and password')
  return { mechanism, username: username!, password: password! }
}

function tlsOf(env: Environment): KafkaConnection['tls'] {
  const ca = pem(env, 'RTDASH_KAFKA_CA')
  const cert = pem(env, 'RTDASH_KAFKA_CERT')
  const key = pem(env, 'RTDASH_KAFKA_KEY')
  if ((cert === undefined) !== (key === undefined))
    throw new KafkaSettingsError(
      'kafka-tls',
      `RTDASH_KAFKA_${cert === undefined ? 'CERT' : 'KEY'} is not set`,
      'a client certificate needs its key, and a key its certificate',
    )
  if (!flag(env, 'RTDASH_KAFKA_TLS', ca !== undefined || cert !== undefined)) return undefined
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: flag(env, 'RTDASH_KAFKA_TLS_VERIFY', true),
  }
}

function flag(env: Environment, name: string, otherwise: boolean): boolean {
  const text = env[name]?.trim().toLowerCase()
  if (!text) return otherwise
  if (['true', '1', 'yes', 'on'].includes(text)) return true
  if (['false', '0', 'no', 'off'].includes(text)) return false
  throw new KafkaSettingsError('kafka-tls', `${name} is neither true nor false`, 'set it to true or false')
}

function pem(env: Environment, name: string): string | undefined {
  const text = env[name]
  if (!text || text.includes('-----BEGIN')) return text || undefined
  try {
    return readFileSync(text, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new KafkaSettingsError('kafka-tls', `${name}: its file cannot be read (${code})`, 'a path, or the PEM itself')
  }
}
