/** Server time minus local time, in ms, known to lie in [low, high]. */
export interface ClockBounds {
  readonly low: number
  readonly high: number
}

export const UNKNOWN_CLOCK: ClockBounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/** What a `Date` header (whole seconds) says, for a request sent and answered at these local times. */
export function boundsFromDate(header: string, sentAt: number, receivedAt: number): ClockBounds {
  const date = Date.parse(header)
  return Number.isNaN(date) ? UNKNOWN_CLOCK : { low: date - receivedAt, high: date + 1_000 - sentAt }
}

/** An update is never from the server's future: its timestamp is a lower bound. */
export function boundsFromTimestamp(timestamp: number, receivedAt: number): ClockBounds {
  return { low: timestamp - receivedAt, high: Number.POSITIVE_INFINITY }
}

/** Both together; when they contradict (a clock was set), the later one alone. */
export function narrow(known: ClockBounds, next: ClockBounds): ClockBounds {
  const low = Math.max(known.low, next.low)
  const high = Math.min(known.high, next.high)
  return low <= high ? { low, high } : next
}

/** The offset to use: the one nearest to none at all, as most clocks are right. */
export function offsetOf(bounds: ClockBounds): number {
  return Math.max(bounds.low, Math.min(bounds.high, 0))
}
