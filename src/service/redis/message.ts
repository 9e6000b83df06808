import type { Update } from '../update.js'

/** A message of the channel: an update, and where it belongs. One published by hand has no meaning: it may be any. */
export interface Published {
  readonly update: Update
  readonly meaning?: string
  /** Timestamp of the update before it; 0 for the first. */
  readonly previous: number
}

/** A message that somebody published by hand may be so much ahead of this clock, in ms. */
const AHEAD_MS = 1000

/**
 * Reads messages of the channel, which all projects of one Redis share: undefined for what is another project's, or is
 * nothing. `{"metric","value","timestamp"}` alone, published by hand to try the way to the viewers, is everybody's.
 */
export function createMessages(project: string): (text: string) => Published | undefined {
  const ours = `{"project":${JSON.stringify(project)},`
  return text => {
    if (!text.startsWith(ours)) return text.startsWith('{"project":') ? undefined : byHand(text)
    const {
      meaning,
      previous,
      project: _,
      ...update
    } = JSON.parse(text) as Update & {
      project: string
      meaning: string
      previous: number
    }
    return { update, meaning, previous }
  }
}

function byHand(text: string): Published | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof body !== 'object' || body === null) return undefined
  const { metric, value, timestamp } = body as Record<string, unknown>
  if (typeof metric !== 'string' || !(value === null || typeof value === 'number')) return undefined
  if (!Number.isSafeInteger(timestamp) || Number(timestamp) > Date.now() + AHEAD_MS) return undefined
  return { update: { metric, value, timestamp: Number(timestamp) }, previous: 0 }
}
