/** What Flink answered instead of what was asked for; the message is the innermost cause. */
export class FlinkError extends Error {
  override readonly name = 'FlinkError'
  constructor(
    message: string,
    /** HTTP status; undefined where nothing answered at all. */
    readonly status?: number,
  ) {
    super(message)
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly timeoutMs?: number
}

/** One of Flink's REST interfaces. Throws FlinkError. */
export type Rest = <T>(path: string, call?: Call) => Promise<T>

const TIMEOUT_MS = 60_000

/** Speaks JSON to `http://host:port`; an account in the URL goes into the header, never into a message. */
export function rest(url: string, what: string): Rest {
  const base = new URL(url)
  const account = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (account !== ':') headers.authorization = `Basic ${Buffer.from(account).toString('base64')}`
  base.username = base.password = ''
  const root = base.href.replace(/\/$/, '')

  return async <T>(path: string, { method = 'GET', body, timeoutMs = TIMEOUT_MS }: Call = {}) => {
    const response = await fetch(root + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(error => {
      throw new FlinkError(`${what} at ${root} does not answer: ${reasonOf(error)}`)
    })
    const text = await response.text()
    if (!response.ok) throw new FlinkError(messageOf(text), response.status)
    return JSON.parse(text) as T
  }
}

/** Flink answers errors as stack traces: the last `Caused by:` says what was wrong, with the class before it left out. */
export function rootCause(trace: string): string {
  const causes = [
    ...trace.matchAll(/^\s*Caused by: (.*(?:\n(?!\s*(?:at |Caused by:|\.\.\. \d+ more|End of exception)).*)*)/gm),
  ]
  const text = causes.at(-1)?.[1] ?? trace.split(/\n\s*at /)[0]!
  return text.trim().replace(/^(?:[a-z_][\w]*\.)+[A-Z][\w$]*(?:Exception|Error)?: /, '')
}

function messageOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: string[] }
    const traces = errors?.filter(error => error.trim() !== '') ?? []
    if (traces.length > 0) return rootCause(traces.at(-1)!)
  } catch {
    // Not JSON: a proxy's page, or nothing.
  }
  return text.slice(0, 300) || 'no reason given'
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
