/** One series of an update: its dimensions' values and the number. */
export interface SeriesValue {
  readonly value: number | null
  readonly [dimension: string]: unknown
}

/** One value of one metric. `timestamp` (epoch ms, the window's end) grows strictly per metric. */
export interface Update {
  readonly metric: string
  readonly value: number | null
  readonly timestamp: number
  readonly series?: readonly SeriesValue[]
  readonly truncated?: boolean
  readonly stale?: boolean
  /** All digits of a decimal, or of an integer above 2^53. */
  readonly exact?: string
}

/** What one WebSocket frame said. */
export interface Frame {
  readonly updates: readonly Update[]
  readonly configChanged: boolean
  readonly errors: readonly { readonly metric: string; readonly code: string; readonly message: string }[]
}

/** Reads a frame: one message or an array of them. Whatever is not of the protocol is left out, never thrown. */
export function parseFrame(text: string): Frame {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { updates: [], configChanged: false, errors: [] }
  }
  const updates: Update[] = []
  const errors: { metric: string; code: string; message: string }[] = []
  let configChanged = false
  for (const message of Array.isArray(body) ? body : [body]) {
    if (typeof message !== 'object' || message === null) continue
    if (message.event === 'config') configChanged = true
    else if (typeof message.error === 'string')
      errors.push({ metric: String(message.metric ?? ''), code: message.error, message: String(message.message ?? '') })
    else if (isUpdate(message)) updates.push(message)
  }
  return { updates, configChanged, errors }
}

/** Whether a value has the shape of an update. */
export function isUpdate(message: unknown): message is Update {
  if (typeof message !== 'object' || message === null) return false
  const { metric, value, timestamp } = message as Record<string, unknown>
  return typeof metric === 'string' && typeof timestamp === 'number' && (value === null || typeof value === 'number')
}
