import { MultipleErrors } from '@platformatic/kafka'
import { KafkaError } from './kafkaError.js'

/** What the driver hangs on its errors. */
interface DriverError extends Error {
  readonly code?: string
  readonly apiId?: string
  readonly serverErrorMessage?: string | null
  readonly canRetry?: boolean
  readonly hasStaleMetadata?: boolean
}

/** Broker errors that pass, although the driver does not try again by itself. */
const PASSING: ReadonlySet<string> = new Set([
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_CONTROLLER',
  'REQUEST_TIMED_OUT',
  'REASSIGNMENT_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
  'UNKNOWN_TOPIC_ID',
])

/** OpenSSL's and Node's own names for what is wrong with a certificate. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|(DEPTH_ZERO_)?SELF_SIGNED_CERT)/

/** Error from anything that the driver or Node threw. */
export function toKafkaError(error: unknown, doing: string): KafkaError {
  if (error instanceof KafkaError) return error
  const root = rootOf(error as DriverError)
  const { apiId, code, message, serverErrorMessage } = root
  if (code === 'PLT_KFK_AUTHENTICATION' || apiId === 'SASL_AUTHENTICATION_FAILED')
    return new KafkaError('AUTHENTICATION', `${doing}: ${oneLine(serverErrorMessage || message)}`, false, {
      cause: error,
    })
  if (apiId) {
    const text = oneLine(serverErrorMessage || message)
    const passing = root.canRetry === true || root.hasStaleMetadata === true || PASSING.has(apiId)
    return new KafkaError(apiId, `${doing}: ${text} (${apiId})`, passing, { cause: error })
  }
  if (code && CERTIFICATE.test(code))
    return new KafkaError('TLS', `${doing}: the broker's certificate: ${oneLine(message)}`, false, { cause: error })
  if (code && /^E[A-Z_]+$/.test(code))
    return new KafkaError(code, `${doing}: ${oneLine(message) || code}`, true, { cause: error })
  if (code === 'PLT_KFK_NETWORK') {
    const timeout = /timed out/i.test(message)
    return new KafkaError(timeout ? 'TIMEOUT' : 'NETWORK', `${doing}: ${oneLine(message)}`, true, { cause: error })
  }
  return new KafkaError('CLIENT', `${doing}: ${oneLine(message || String(error))}`, false, { cause: error })
}

/** The innermost cause: the driver wraps what happened several times over; of several the last is the newest. */
function rootOf(error: DriverError): DriverError {
  const inner = MultipleErrors.isGenericError(error) && 'errors' in error ? (error.errors as DriverError[]) : []
  const next = inner.filter(Boolean).at(-1) ?? (error.cause as DriverError | undefined)
  if (!(next instanceof Error)) return error
  const root = rootOf(next)
  // A broker's answer, a refused login and a system error say more than the wrapper; anything else may not.
  return root.apiId || root.code ? root : error
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 500)
