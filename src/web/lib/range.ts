/** Time ranges of the detail view; `live` is what came over the socket. */
export const RANGES = ['live', '5m', '1h', '24h'] as const
export type Range = (typeof RANGES)[number]

const LENGTH = { '5m': 300_000, '1h': 3_600_000, '24h': 86_400_000 } as const
const POINTS = 300

/** The history request of a range ending at `now`: about 300 points, on multiples of the metric's refresh; null for `live`. */
export function historyRequest(
  range: Range,
  refreshMs: number,
  now: number,
): { readonly from: number; readonly to: number; readonly step: number } | null {
  if (range === 'live') return null
  const length = LENGTH[range]
  const step = Math.max(1, Math.ceil(length / POINTS / refreshMs)) * refreshMs
  const to = Math.floor(now / refreshMs) * refreshMs
  return { from: to - length, to, step }
}
