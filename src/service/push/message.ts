/** What a viewer may ask for over the WebSocket. */
export interface Ask {
  readonly action: 'subscribe' | 'unsubscribe'
  readonly metrics: readonly string[]
  readonly since?: number
  readonly batch?: boolean
}

/** Reads a viewer's message; a text instead says what is wrong with it. */
export function parseMessage(text: string): Ask | string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return 'this is not JSON'
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'a message is a JSON object'
  const { action, metric, metrics, since, batch } = body as Record<string, unknown>
  if (action !== 'subscribe' && action !== 'unsubscribe') return 'action must be "subscribe" or "unsubscribe"'
  const names = metrics ?? (metric === undefined ? undefined : [metric])
  if (!isTexts(names)) return 'name one "metric", or a list of "metrics"'
  if (since !== undefined && !(typeof since === 'number' && Number.isFinite(since) && since >= 0))
    return 'since must be a timestamp in epoch milliseconds'
  if (batch !== undefined && typeof batch !== 'boolean') return 'batch must be true or false'
  return {
    action,
    metrics: [...new Set(names)],
    ...(since !== undefined && { since }),
    ...(batch !== undefined && { batch }),
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every(item => typeof item === 'string')
