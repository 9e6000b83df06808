import { names } from '../naming.js'

/** The one error of every ClickHouse call. */
export class ClickHouseError extends Error {
  override readonly name = 'ClickHouseError'
  constructor(
    /** ClickHouse's code, such as 60 for UNKNOWN_TABLE; 0 when the server was not reached or did not answer in time. */
    readonly code: number,
    /** ClickHouse's name of the code, or Node's (`ECONNREFUSED`), or `TIMEOUT`. */
    readonly type: string,
    /** One line. */
    message: string,
    /** True when the same call may succeed later: no connection, timeout, memory, too many parts or queries. */
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Whether a table, or its database, is not there: nothing has been applied yet, or all was destroyed. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof ClickHouseError && ['UNKNOWN_TABLE', 'UNKNOWN_DATABASE'].includes(error.type)

/** Whether a raw table takes nothing in for a moment, since an apply changes its views: nothing of the insert is stored. */
export const isHeld = (error: unknown): boolean =>
  error instanceof ClickHouseError && error.type === 'VIOLATED_CONSTRAINT' && error.message.includes(names.hold)

const RETRYABLE: ReadonlySet<string> = new Set([
  'TIMEOUT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'NO_FREE_CONNECTION',
  'SOCKET_TIMEOUT',
  'NETWORK_ERROR',
  'ABORTED',
  'MEMORY_LIMIT_EXCEEDED',
  'TABLE_IS_READ_ONLY',
  'TOO_MANY_PARTS',
  'NO_ZOOKEEPER',
  'TOO_FEW_LIVE_REPLICAS',
  'UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE',
  'UNKNOWN_STATUS_OF_INSERT',
  'ALL_CONNECTION_TRIES_FAILED',
  'KEEPER_EXCEPTION',
])
const LONGEST = 2000

/** Error from what the server sent: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`. */
export function fromServer(text: string, status?: number): ClickHouseError {
  const found = /Code: (\d+)\. (?:DB::Exception: )?(.*?)\((?=[A-Z0-9_]*[A-Z]{3})([A-Z0-9_]+)\)/s.exec(text)
  if (found) return fromParts(Number(found[1]), found[3]!, found[2]!)
  // Not ClickHouse's words: a proxy, or another server.
  return new ClickHouseError(0, `HTTP_${status ?? '?'}`, oneLine(text) || `HTTP status ${status}`, (status ?? 0) >= 500)
}

/** Error from anything thrown by the driver or by Node. */
export function toClickHouseError(error: unknown): ClickHouseError {
  if (error instanceof ClickHouseError) return error
  const { message, code, type } = error as { message?: string; code?: string; type?: string }
  if (type && code && /^\d+$/.test(code)) return fromParts(Number(code), type, message ?? '', error)
  if (/^Code: \d+\./.test(message ?? '')) return fromServer(message ?? '')
  const timeout = /timeout/i.test(message ?? '') || code === 'ETIMEDOUT'
  const connection = typeof code === 'string' && /^E[A-Z_]+$/.test(code)
  const aborted = /abort/i.test(message ?? '')
  const kind = timeout ? 'TIMEOUT' : (code ?? (aborted ? 'ABORTED' : 'CLIENT_ERROR'))
  const text = oneLine(message || kind)
  return new ClickHouseError(0, kind, text, timeout || connection || /socket hang up/.test(text), { cause: error })
}

function fromParts(code: number, type: string, message: string, cause?: unknown): ClickHouseError {
  return new ClickHouseError(code, type, `${oneLine(message)} (${type})`, RETRYABLE.has(type), { cause })
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
